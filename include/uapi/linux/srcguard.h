/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * srcguard: source guards for hardened hosts. The interface between the kernel
 * module and user space; the only file that both share. A YNL specification of
 * the same messages is include/netlink/srcguard.yaml.
 *
 * Generic netlink family "srcguard", version 1. The family works in the network
 * namespace of the socket and tells about no other.
 *
 * Every refused message changes nothing, and its answer carries an extack text
 * and, where one attribute is at fault, that attribute's offset, or its type if it
 * is missing:
 *
 *   EPERM   the capability that the command asks for is missing, or what is set is
 *           locked (SRCGUARD_A_POLICY_LOCK), or more than kernel lockdown lets through
 *   ENODEV  there is no such device in the namespace
 *   ENOENT  what is to go is not there
 *   EEXIST  what is to be added is there already
 *   ENOSPC  the namespace has as many of these as it may have
 *   ERANGE  a value is outside the range given here
 *   EINVAL  an attribute is unknown, malformed or missing
 *   EAFNOSUPPORT   IPv6 is disabled on this host
 *   EADDRNOTAVAIL  there is no address of that family to be taken for the destination
 *   ENOMEM  no memory for counters or for the new policy
 *
 * SRCGUARD_CMD_POLICY_GET
 *   Asks for the namespace's knobs. Needs no capability. The request has no
 *   attributes, the answer is one message with all of enum srcguard_policy_attr:
 *
 *     SRCGUARD_A_POLICY_RP_FILTER      u32  enum srcguard_rp_filter
 *     SRCGUARD_A_POLICY_ENFORCE        u32  0 audit, 1 drop
 *     SRCGUARD_A_POLICY_SIXTOFOUR      u32  enum srcguard_sixtofour
 *     SRCGUARD_A_POLICY_LOG_MARTIANS   u32  1 writes to the kernel log what fails the
 *                                           reverse-path filter, 0 does not
 *     SRCGUARD_A_POLICY_LOG_6TO4       u32  the same of the 6to4 guard
 *     SRCGUARD_A_POLICY_LOG_INTERVAL   u32  1..86400 seconds between two lines of the
 *                                           same reason and device
 *     SRCGUARD_A_POLICY_LOG_DAILY_MAX  u32  0..100000 lines in any 24 hours of all
 *                                           namespaces of the host together; when there
 *                                           were as many, this namespace writes none
 *     SRCGUARD_A_POLICY_LOOPBACK_LIMIT s32  devices of kind "loopback" that there may be:
 *                                           0..65535, -1 any number; the same as LIMIT_SET
 *                                           for that kind
 *     SRCGUARD_A_POLICY_LOCK           u32  1 once the whole host is locked
 *
 * SRCGUARD_CMD_POLICY_SET
 *   Sets the knobs that the message names, all or none of them; those that it
 *   leaves out stay as they are. At least one must be named. Needs CAP_NET_ADMIN
 *   in the user namespace that owns the network namespace, both in the sending
 *   process and in whoever opened the socket; the knobs of the log, LOOPBACK_LIMIT and
 *   LOCK need it in the initial user namespace. Answered by an ACK only.
 *
 *   LOCK set to 1 is final, for all namespaces, those to come as well, until the next
 *   boot: no limit, knob of the log or lock changes any more, not even to what is less;
 *   rp_filter, enforce and sixtofour, of a namespace, a device or a pattern, change only
 *   to what is stricter; no exemption is added; and the module is not unloaded. From lax
 *   to strict: rp_filter off, loose, feasible, strict; enforce 0, 1; sixtofour off,
 *   match, full. What is set for a device still ends when it leaves the namespace, and
 *   what a pattern sets follows its name. In a message with other knobs these are set
 *   first. Under kernel lockdown, even without the lock, limits and LOG_DAILY_MAX change
 *   only to what is less, LOG_INTERVAL to what is more, and the log's switches to 0.
 *
 * SRCGUARD_CMD_LOCK
 *   The same as POLICY_SET with LOCK 1 alone. The request has no attributes.
 *
 * SRCGUARD_CMD_STATS_GET (dump)
 *   Asks for the counters. Needs no capability. The request has no attributes,
 *   the answer is one message for each combination of device, family, reason and
 *   outcome that was seen at least once:
 *
 *     SRCGUARD_A_STATS_IFINDEX      u32     index of the device the packet came
 *                                           in by; 0 for those devices together
 *                                           that have no counters of their own
 *                                           because memory was short
 *     SRCGUARD_A_STATS_DEVICE       string  its present name, "*" for index 0
 *     SRCGUARD_A_STATS_FAMILY       u32     AF_INET or AF_INET6
 *     SRCGUARD_A_STATS_REASON       u32     enum srcguard_reason
 *     SRCGUARD_A_STATS_OUTCOME      u32     enum srcguard_outcome
 *     SRCGUARD_A_STATS_PACKETS      u64     packets
 *     SRCGUARD_A_STATS_BYTES        u64     their bytes from the IP header on
 *
 *   Counters exist while a guard of the namespace is on. They follow a device's
 *   renames and are gone with the device. A dump during which a device came or
 *   went is marked NLM_F_DUMP_INTR.
 *
 * SRCGUARD_CMD_STATE_GET
 *   Asks what the namespace's guards noticed of themselves. Needs no capability.
 *   The request has no attributes, the answer is one message:
 *
 *     SRCGUARD_A_STATE_UNJUDGED     u64     packets that passed without a verdict
 *                                           because the hook that they needed was
 *                                           still being registered
 *     SRCGUARD_A_STATE_LOG_WRITTEN  u64     lines that the namespace wrote to the log
 *     SRCGUARD_A_STATE_LOG_WITHHELD u64     packets that got no line of their own while
 *                                           the log was on
 *     SRCGUARD_A_STATE_LOG_NEXT     u32     seconds until a line may be written again
 *                                           because log_daily_max is used up; 0 if it is
 *                                           not, or no log is on; 4294967295 if it is 0
 *     SRCGUARD_A_STATE_WRITES_REFUSED u64   changes, by message or sysctl, that the
 *                                           module refused with EPERM
 *
 * SRCGUARD_CMD_DEV_GET (dump)
 *   Asks for the settings that devices have apart from the namespace's knobs.
 *   Needs no capability. The request has no attributes, the answer is one message
 *   for each pattern, and one for each device that has settings of its own or by a
 *   pattern. A setting that is absent is the namespace's:
 *
 *     SRCGUARD_A_DEV_IFINDEX         u32     index of the device, 0 for a pattern
 *     SRCGUARD_A_DEV_DEVICE          string  its present name, or the pattern
 *     SRCGUARD_A_DEV_RP_FILTER       u32     enum srcguard_rp_filter, both families
 *     SRCGUARD_A_DEV_RP_FILTER_IPV4  u32     the same for IPv4; wins over the former
 *     SRCGUARD_A_DEV_RP_FILTER_IPV6  u32     the same for IPv6
 *     SRCGUARD_A_DEV_ENFORCE         u32     0 audit, 1 drop
 *     SRCGUARD_A_DEV_SIXTOFOUR       u32     enum srcguard_sixtofour, for what comes in by
 *                                            the device
 *     SRCGUARD_A_DEV_PATTERN         string  the pattern that some settings of the
 *                                            device come from
 *
 * SRCGUARD_CMD_DEV_SET
 *   Gives a device settings of its own: those that the message names, all or none
 *   of them; others stay. They win over the namespace's knobs, follow the device's
 *   renames, and are gone with it, also when it moves to another namespace.
 *   SRCGUARD_A_DEV_DEVICE is its name, or a pattern: the beginning of names and
 *   an asterisk ("cali*"). A pattern's settings hold for every device that is
 *   called so, now and later, from its first packet; the device's own win over a
 *   pattern's, and a longer pattern's over a shorter one's, as a whole. A namespace
 *   has at most SRCGUARD_PATTERNS_MAX patterns. Needs what POLICY_SET needs.
 *
 * SRCGUARD_CMD_DEV_CLEAR
 *   Takes all settings of the device or pattern SRCGUARD_A_DEV_DEVICE away, so that
 *   it has the namespace's again (a device: or its pattern's). Needs what POLICY_SET
 *   needs.
 *
 * SRCGUARD_CMD_EXEMPT_GET (dump)
 *   Asks for the sources that are let through although they fail the reverse-path
 *   filter. Needs no capability. The request has no attributes, the answer is one
 *   message for each:
 *
 *     SRCGUARD_A_EXEMPT_PREFIX       binary  address of the prefix, in network byte
 *                                            order: 4 bytes IPv4, 16 bytes IPv6
 *     SRCGUARD_A_EXEMPT_PREFIXLEN    u32     its length
 *     SRCGUARD_A_EXEMPT_IFINDEX      u32     the only arrival device that it holds
 *                                            for; absent: all devices
 *     SRCGUARD_A_EXEMPT_DEVICE       string  that device's present name
 *     SRCGUARD_A_EXEMPT_PACKETS      u64     packets that it let through
 *
 * SRCGUARD_CMD_EXEMPT_ADD, SRCGUARD_CMD_EXEMPT_DEL
 *   Adds or takes away one of them, named by _PREFIX, _PREFIXLEN and, if it holds
 *   for one device only, _DEVICE. The prefix must have no bits beyond its length.
 *   If several hold for a packet, the longest prefix counts it, and of two of the
 *   same length the one for the device. An exemption for a device is gone with
 *   the device. A namespace has at most SRCGUARD_EXEMPTIONS_MAX. Needs what
 *   POLICY_SET needs.
 *
 * SRCGUARD_CMD_EXEMPT_REPLACE
 *   Puts a list in the place of all that there are, at once for the packets. The
 *   list may come in several messages; the last one makes it hold. A message that
 *   is refused ends the list, and the old one stays; but one with an attribute that
 *   is unknown or out of range is refused unread, and the sender has to stop by
 *   itself. Another list that is begun meanwhile ends it, too. What was sent of a
 *   list that is not ended takes memory, for at most SRCGUARD_EXEMPTIONS_MAX
 *   entries, until the namespace goes. Needs what POLICY_SET needs.
 *
 *     SRCGUARD_A_EXEMPT_LIST         u32     a number of the sender's choice, the
 *                                            same in all messages of a list
 *     SRCGUARD_A_EXEMPT_FIRST        flag    the list begins here
 *     SRCGUARD_A_EXEMPT_LAST         flag    the list ends here
 *     SRCGUARD_A_EXEMPT_ENTRY        nest    any number of them: _PREFIX, _PREFIXLEN,
 *                                            _DEVICE as for EXEMPT_ADD
 *
 * SRCGUARD_CMD_EXPLAIN
 *   Asks what the guards would do with a packet, by running their code on one that
 *   nobody sees; it is not counted. Needs no capability. It is taken for a UDP
 *   packet without ports:
 *
 *     SRCGUARD_A_EXPLAIN_SRC         binary  source address, 4 or 16 bytes
 *     SRCGUARD_A_EXPLAIN_DST         binary  destination address, of the same family;
 *                                            absent: the device's first address, or for
 *                                            IPv4, if it has none, inet_select_addr()
 *     SRCGUARD_A_EXPLAIN_DEVICE      string  the device that it comes in by
 *     SRCGUARD_A_EXPLAIN_MARK        u32     its mark (0)
 *     SRCGUARD_A_EXPLAIN_TOS         u32     its TOS or traffic class, 0..255 (0)
 *
 *   The answer is one message:
 *
 *     SRCGUARD_A_EXPLAIN_VERDICT     u32     enum srcguard_verdict
 *     SRCGUARD_A_EXPLAIN_REASON      u32     enum srcguard_reason, if it failed
 *     SRCGUARD_A_EXPLAIN_DECIDED_BY  u32     enum srcguard_decider
 *     SRCGUARD_A_EXPLAIN_PREFIX      binary  the route back to the source, if one was
 *                                            looked for and found: its prefix
 *     SRCGUARD_A_EXPLAIN_PREFIXLEN   u32     that prefix's length
 *     SRCGUARD_A_EXPLAIN_TYPE        u32     RTN_UNICAST, RTN_LOCAL, ...; alone, without
 *                                            prefix and table, if a reject route or
 *                                            rule answered
 *     SRCGUARD_A_EXPLAIN_TABLE       u32     its routing table
 *     SRCGUARD_A_EXPLAIN_NEXTHOPS    nest    for each of its nexthops, up to
 *                                            SRCGUARD_EXPLAIN_NEXTHOPS_MAX, the device
 *                                            that it leaves by: _NEXTHOP, string
 *
 * SRCGUARD_CMD_LIMIT_GET (dump)
 *   Asks how many devices there are of each kind, and may be. Needs no capability. The
 *   request has no attributes, the answer is one message for each kind that has a limit,
 *   a device or a refusal, and always for "any" and "loopback":
 *
 *     SRCGUARD_A_LIMIT_KIND          string  the kind, as in "ip link add type KIND";
 *                                            "other" for virtual devices without one;
 *                                            "physical" for those with a parent in
 *                                            hardware, unless rtnetlink is asked to make
 *                                            them, which are never refused; "any" for
 *                                            all but these
 *     SRCGUARD_A_LIMIT_LIMIT         s32     as many as there may be; -1 any number
 *     SRCGUARD_A_LIMIT_IN_USE        u32     as many as there are, but for "lo"
 *     SRCGUARD_A_LIMIT_REFUSED       u64     devices that were refused because of this
 *                                            limit, to be made or to be brought up
 *     SRCGUARD_A_LIMIT_MOVED         u32     of those in use, how many moved in from other
 *                                            namespaces beyond a limit: these cannot be
 *                                            brought up until there is room, which they
 *                                            get in the order they came
 *
 *   Devices that tunnels' modules make in each namespace (sit0, gre0, gretap0, erspan0,
 *   tunl0, ip6tnl0, ip6gre0, ip_vti0, ip6_vti0) are in use and never refused, one of
 *   each name. A dump during which the list changed is marked NLM_F_DUMP_INTR.
 *
 * SRCGUARD_CMD_LIMIT_SET
 *   Sets the limit of a kind: SRCGUARD_A_LIMIT_KIND, 1..31 printable ASCII characters,
 *   none of them a space, but not "physical"; and SRCGUARD_A_LIMIT_LIMIT, -1..2147483647,
 *   of "loopback" ..65535. A device beyond it is refused with ENOSPC when it registers,
 *   whoever asks for it and however (some ioctls of tunnels, and multicast routing, make
 *   ENOBUFS of any error); what is there already stays. No device may have the
 *   kind (it may come later); a namespace limits SRCGUARD_LIMITS_MAX kinds at most beside
 *   "any" and "loopback". A new namespace copies its creator's limits. Needs
 *   CAP_NET_ADMIN in the initial user namespace, as for POLICY_SET.
 *
 * SRCGUARD_CMD_EVENT (notification, multicast group "events")
 *   Tells whoever listens in the namespace of what happens there. To listen needs
 *   CAP_NET_ADMIN over the network namespace. Built only while somebody listens.
 *
 *     SRCGUARD_A_EVENT_NUMBER        u64     1, 2, ... in each namespace: where one is
 *                                            left out, the listener was too slow, or
 *                                            memory too short
 *     SRCGUARD_A_EVENT_TIME          u64     nanoseconds since 1970, UTC
 *     SRCGUARD_A_EVENT_TYPE          u32     enum srcguard_event
 *
 *   SRCGUARD_EVENT_DROP: a packet failed a guard. A namespace tells of
 *   SRCGUARD_EVENTS_PER_SECOND at most, and after a pause of SRCGUARD_EVENTS_BURST at
 *   once; these are samples of what the counters count.
 *
 *     SRCGUARD_A_EVENT_IFINDEX       u32     the arrival device
 *     SRCGUARD_A_EVENT_DEVICE        string  its name
 *     SRCGUARD_A_EVENT_FAMILY        u32     AF_INET or AF_INET6
 *     SRCGUARD_A_EVENT_REASON        u32     enum srcguard_reason
 *     SRCGUARD_A_EVENT_OUTCOME       u32     enum srcguard_outcome
 *     SRCGUARD_A_EVENT_SRC           binary  source address, 4 or 16 bytes
 *     SRCGUARD_A_EVENT_DST           binary  destination address
 *     SRCGUARD_A_EVENT_INNER_SRC     binary  of the header within, 16 bytes, if the 6to4
 *                                            guard decided and there is one
 *     SRCGUARD_A_EVENT_INNER_DST     binary  the same
 *     SRCGUARD_A_EVENT_LINK_SRC      binary  Ethernet source address, if there is one
 *     SRCGUARD_A_EVENT_LENGTH        u32     bytes from the IP header on
 *     SRCGUARD_A_EVENT_SKIPPED       u64     packets that failed since the last event and
 *                                            that there is no event for
 *
 *   SRCGUARD_EVENT_LIMIT: a device was refused when it was made, or moved in beyond a
 *   limit. A namespace tells of as many as of packets.
 *
 *     SRCGUARD_A_EVENT_DEVICE        string  its name
 *     SRCGUARD_A_EVENT_REASON        u32     SRCGUARD_REASON_LIMIT_...
 *     SRCGUARD_A_EVENT_LIMIT         nest    enum srcguard_limit_attr: _KIND, _LIMIT and
 *                                            _IN_USE of what is used up
 *
 *   SRCGUARD_EVENT_POLICY: something was set, or with a reason: it was refused, and the
 *   values are those that were asked for.
 *
 *     SRCGUARD_A_EVENT_CHANGE        u32     enum srcguard_change
 *     SRCGUARD_A_EVENT_REASON        u32     SRCGUARD_REASON_LOCKED
 *     SRCGUARD_A_EVENT_POLICY        nest    enum srcguard_policy_attr: the knobs that were
 *                                            set, and their values
 *     SRCGUARD_A_EVENT_DEV           nest    enum srcguard_dev_attr: the device or pattern,
 *                                            and the settings that were made
 *     SRCGUARD_A_EVENT_EXEMPT        nest    enum srcguard_exempt_attr: the exemption
 *     SRCGUARD_A_EVENT_LIMIT         nest    enum srcguard_limit_attr: the kind and its limit
 */
#ifndef _UAPI_LINUX_SRCGUARD_H
#define _UAPI_LINUX_SRCGUARD_H

#define SRCGUARD_GENL_NAME	"srcguard"
#define SRCGUARD_GENL_VERSION	1
#define SRCGUARD_GENL_GROUP_EVENTS	"events"

/* What a namespace may have at most. */
#define SRCGUARD_PATTERNS_MAX		256
#define SRCGUARD_EXEMPTIONS_MAX		16384
#define SRCGUARD_LIMITS_MAX		256

/* Ranges of knobs. */
#define SRCGUARD_LOG_INTERVAL_MAX	86400
#define SRCGUARD_LOG_DAILY_MAX_MAX	100000
#define SRCGUARD_LOOPBACK_LIMIT_MAX	65535

/* No limit. */
#define SRCGUARD_LIMIT_NONE		(-1)

/* Kinds of devices that are not what a driver calls them, and the module's own. */
#define SRCGUARD_KIND_ANY		"any"
#define SRCGUARD_KIND_OTHER		"other"
#define SRCGUARD_KIND_PHYSICAL		"physical"
#define SRCGUARD_KIND_LOOPBACK		"loopback"

/* The longest name of a kind, with the byte that ends it. */
#define SRCGUARD_KIND_SIZE		32

/* How many nexthops of a route are named. */
#define SRCGUARD_EXPLAIN_NEXTHOPS_MAX	32

/* Events about packets that a namespace tells of. */
#define SRCGUARD_EVENTS_PER_SECOND	32
#define SRCGUARD_EVENTS_BURST		16

/**
 * enum srcguard_cmd - commands of the family
 * @SRCGUARD_CMD_UNSPEC: never used
 * @SRCGUARD_CMD_POLICY_GET: read the namespace's knobs
 * @SRCGUARD_CMD_POLICY_SET: set some of the namespace's knobs, atomically
 * @SRCGUARD_CMD_STATS_GET: dump the namespace's counters
 * @SRCGUARD_CMD_STATE_GET: read what the guards noticed of themselves
 * @SRCGUARD_CMD_DEV_GET: dump the settings of devices and patterns
 * @SRCGUARD_CMD_DEV_SET: set some of a device's or pattern's settings
 * @SRCGUARD_CMD_DEV_CLEAR: take all of them away
 * @SRCGUARD_CMD_EXEMPT_GET: dump the exemptions
 * @SRCGUARD_CMD_EXEMPT_ADD: add one
 * @SRCGUARD_CMD_EXEMPT_DEL: take one away
 * @SRCGUARD_CMD_EXEMPT_REPLACE: put a list in the place of all of them
 * @SRCGUARD_CMD_EXPLAIN: judge a packet that is only described
 * @SRCGUARD_CMD_EVENT: notification: something happened
 * @SRCGUARD_CMD_LIMIT_GET: dump the limits of kinds of devices
 * @SRCGUARD_CMD_LIMIT_SET: set one
 * @SRCGUARD_CMD_LOCK: lock limits, logs and filters until the next boot
 * @__SRCGUARD_CMD_MAX: end of the list, not a command
 */
enum srcguard_cmd {
	SRCGUARD_CMD_UNSPEC	= 0,
	SRCGUARD_CMD_POLICY_GET	= 1,
	SRCGUARD_CMD_POLICY_SET	= 2,
	SRCGUARD_CMD_STATS_GET	= 3,
	SRCGUARD_CMD_STATE_GET	= 4,
	SRCGUARD_CMD_DEV_GET	= 5,
	SRCGUARD_CMD_DEV_SET	= 6,
	SRCGUARD_CMD_DEV_CLEAR	= 7,
	SRCGUARD_CMD_EXEMPT_GET	= 8,
	SRCGUARD_CMD_EXEMPT_ADD	= 9,
	SRCGUARD_CMD_EXEMPT_DEL	= 10,
	SRCGUARD_CMD_EXEMPT_REPLACE = 11,
	SRCGUARD_CMD_EXPLAIN	= 12,
	SRCGUARD_CMD_EVENT	= 13,
	SRCGUARD_CMD_LIMIT_GET	= 14,
	SRCGUARD_CMD_LIMIT_SET	= 15,
	SRCGUARD_CMD_LOCK	= 16,
	__SRCGUARD_CMD_MAX
};

#define SRCGUARD_CMD_MAX	(__SRCGUARD_CMD_MAX - 1)

/**
 * enum srcguard_policy_attr - a namespace's knobs, named as the sysctls are
 * @SRCGUARD_A_POLICY_UNSPEC: never used
 * @SRCGUARD_A_POLICY_RP_FILTER: u32, enum srcguard_rp_filter, default 1 (strict)
 * @SRCGUARD_A_POLICY_ENFORCE: u32, 1 drops what fails a guard (the default),
 *	0 counts it and lets it pass (audit)
 * @SRCGUARD_A_POLICY_SIXTOFOUR: u32, enum srcguard_sixtofour, default 1 (match)
 * @SRCGUARD_A_POLICY_LOG_MARTIANS: u32, 1 logs what fails the reverse-path filter,
 *	default 0
 * @SRCGUARD_A_POLICY_LOG_6TO4: u32, 1 logs what fails the 6to4 guard, default 0
 * @SRCGUARD_A_POLICY_LOG_INTERVAL: u32, seconds between two lines of the same reason
 *	and device, 1..86400, default 60
 * @SRCGUARD_A_POLICY_LOG_DAILY_MAX: u32, lines in any 24 hours of the whole host,
 *	0..100000, default 1000
 * @SRCGUARD_A_POLICY_LOOPBACK_LIMIT: s32, devices of kind "loopback", 0..65535, -1 any
 *	number, default 0
 * @SRCGUARD_A_POLICY_LOCK: u32, 1 once the host is locked, default 0
 * @__SRCGUARD_A_POLICY_MAX: end of the list, not an attribute
 */
enum srcguard_policy_attr {
	SRCGUARD_A_POLICY_UNSPEC	= 0,
	SRCGUARD_A_POLICY_RP_FILTER	= 1,
	SRCGUARD_A_POLICY_ENFORCE	= 2,
	SRCGUARD_A_POLICY_SIXTOFOUR	= 3,
	SRCGUARD_A_POLICY_LOG_MARTIANS	= 4,
	SRCGUARD_A_POLICY_LOG_6TO4	= 5,
	SRCGUARD_A_POLICY_LOG_INTERVAL	= 6,
	SRCGUARD_A_POLICY_LOG_DAILY_MAX	= 7,
	SRCGUARD_A_POLICY_LOOPBACK_LIMIT = 8,
	SRCGUARD_A_POLICY_LOCK		= 9,
	__SRCGUARD_A_POLICY_MAX
};

#define SRCGUARD_A_POLICY_MAX	(__SRCGUARD_A_POLICY_MAX - 1)

/**
 * enum srcguard_rp_filter - modes of the reverse-path filter
 * @SRCGUARD_RP_FILTER_OFF: no check, and no hook in the packet path
 * @SRCGUARD_RP_FILTER_STRICT: a route back to the source uses the arrival
 *	device, through any of its nexthops (RFC 3704 section 2.2; the kernel's 1)
 * @SRCGUARD_RP_FILTER_LOOSE: a route back to the source exists, by whichever
 *	device (RFC 3704 section 2.4; the kernel's 2)
 * @SRCGUARD_RP_FILTER_FEASIBLE: a route for the same prefix as the best route
 *	back uses the arrival device, though it may not be the best (RFC 3704
 *	section 2.3); between strict and loose
 */
enum srcguard_rp_filter {
	SRCGUARD_RP_FILTER_OFF		= 0,
	SRCGUARD_RP_FILTER_STRICT	= 1,
	SRCGUARD_RP_FILTER_LOOSE	= 2,
	SRCGUARD_RP_FILTER_FEASIBLE	= 3,
};

/**
 * enum srcguard_sixtofour - modes of the 6to4 guard, which looks at what a sit tunnel
 *	without a fixed peer is about to get
 * @SRCGUARD_SIXTOFOUR_OFF: no check, and no hook in the packet path
 * @SRCGUARD_SIXTOFOUR_MATCH: what sit itself would reject as spoofed, with a message, is
 *	dropped without one, whatever the knob enforce says
 * @SRCGUARD_SIXTOFOUR_FULL: also what RFC 3964 section 5 says that nobody should take
 */
enum srcguard_sixtofour {
	SRCGUARD_SIXTOFOUR_OFF		= 0,
	SRCGUARD_SIXTOFOUR_MATCH	= 1,
	SRCGUARD_SIXTOFOUR_FULL		= 2,
};

/**
 * enum srcguard_stats_attr - one counter
 * @SRCGUARD_A_STATS_UNSPEC: never used
 * @SRCGUARD_A_STATS_PAD: aligns the 64-bit attributes, carries nothing
 * @SRCGUARD_A_STATS_IFINDEX: u32, index of the arrival device, 0 for the
 *	devices together that have no counters of their own
 * @SRCGUARD_A_STATS_DEVICE: string, its present name, "*" for index 0
 * @SRCGUARD_A_STATS_FAMILY: u32, AF_INET or AF_INET6
 * @SRCGUARD_A_STATS_REASON: u32, enum srcguard_reason
 * @SRCGUARD_A_STATS_OUTCOME: u32, enum srcguard_outcome
 * @SRCGUARD_A_STATS_PACKETS: u64, packets
 * @SRCGUARD_A_STATS_BYTES: u64, bytes of these packets from the IP header on
 * @__SRCGUARD_A_STATS_MAX: end of the list, not an attribute
 */
enum srcguard_stats_attr {
	SRCGUARD_A_STATS_UNSPEC		= 0,
	SRCGUARD_A_STATS_PAD		= 1,
	SRCGUARD_A_STATS_IFINDEX	= 2,
	SRCGUARD_A_STATS_DEVICE		= 3,
	SRCGUARD_A_STATS_FAMILY		= 4,
	SRCGUARD_A_STATS_REASON		= 5,
	SRCGUARD_A_STATS_OUTCOME	= 6,
	SRCGUARD_A_STATS_PACKETS	= 7,
	SRCGUARD_A_STATS_BYTES		= 8,
	__SRCGUARD_A_STATS_MAX
};

#define SRCGUARD_A_STATS_MAX	(__SRCGUARD_A_STATS_MAX - 1)

/**
 * enum srcguard_state_attr - what the guards noticed of themselves
 * @SRCGUARD_A_STATE_UNSPEC: never used
 * @SRCGUARD_A_STATE_PAD: aligns the 64-bit attributes, carries nothing
 * @SRCGUARD_A_STATE_UNJUDGED: u64, packets that passed without a verdict
 *	because the hook that they needed was still being registered; since the
 *	namespace was made or the module loaded
 * @SRCGUARD_A_STATE_LOG_WRITTEN: u64, lines that the namespace wrote to the log
 * @SRCGUARD_A_STATE_LOG_WITHHELD: u64, packets that got no line while the log was on
 * @SRCGUARD_A_STATE_LOG_NEXT: u32, seconds until log_daily_max allows a line again
 * @SRCGUARD_A_STATE_WRITES_REFUSED: u64, changes that were refused with EPERM
 * @__SRCGUARD_A_STATE_MAX: end of the list, not an attribute
 */
enum srcguard_state_attr {
	SRCGUARD_A_STATE_UNSPEC		= 0,
	SRCGUARD_A_STATE_PAD		= 1,
	SRCGUARD_A_STATE_UNJUDGED	= 2,
	SRCGUARD_A_STATE_LOG_WRITTEN	= 3,
	SRCGUARD_A_STATE_LOG_WITHHELD	= 4,
	SRCGUARD_A_STATE_LOG_NEXT	= 5,
	SRCGUARD_A_STATE_WRITES_REFUSED	= 6,
	__SRCGUARD_A_STATE_MAX
};

#define SRCGUARD_A_STATE_MAX	(__SRCGUARD_A_STATE_MAX - 1)

/**
 * enum srcguard_dev_attr - settings of a device or a pattern
 * @SRCGUARD_A_DEV_UNSPEC: never used
 * @SRCGUARD_A_DEV_IFINDEX: u32, index of the device, 0 for a pattern
 * @SRCGUARD_A_DEV_DEVICE: string, name of the device, or the pattern
 * @SRCGUARD_A_DEV_RP_FILTER: u32, enum srcguard_rp_filter, for both families
 * @SRCGUARD_A_DEV_RP_FILTER_IPV4: u32, the same for IPv4
 * @SRCGUARD_A_DEV_RP_FILTER_IPV6: u32, the same for IPv6
 * @SRCGUARD_A_DEV_ENFORCE: u32, 0 audit, 1 drop
 * @SRCGUARD_A_DEV_PATTERN: string, where some of a device's settings come from
 * @SRCGUARD_A_DEV_SIXTOFOUR: u32, enum srcguard_sixtofour
 * @__SRCGUARD_A_DEV_MAX: end of the list, not an attribute
 */
enum srcguard_dev_attr {
	SRCGUARD_A_DEV_UNSPEC		= 0,
	SRCGUARD_A_DEV_IFINDEX		= 1,
	SRCGUARD_A_DEV_DEVICE		= 2,
	SRCGUARD_A_DEV_RP_FILTER	= 3,
	SRCGUARD_A_DEV_RP_FILTER_IPV4	= 4,
	SRCGUARD_A_DEV_RP_FILTER_IPV6	= 5,
	SRCGUARD_A_DEV_ENFORCE		= 6,
	SRCGUARD_A_DEV_PATTERN		= 7,
	SRCGUARD_A_DEV_SIXTOFOUR	= 8,
	__SRCGUARD_A_DEV_MAX
};

#define SRCGUARD_A_DEV_MAX	(__SRCGUARD_A_DEV_MAX - 1)

/**
 * enum srcguard_exempt_attr - an exemption, or a list of them
 * @SRCGUARD_A_EXEMPT_UNSPEC: never used
 * @SRCGUARD_A_EXEMPT_PAD: aligns the 64-bit attributes, carries nothing
 * @SRCGUARD_A_EXEMPT_PREFIX: binary, address of the prefix, 4 or 16 bytes
 * @SRCGUARD_A_EXEMPT_PREFIXLEN: u32, length of the prefix
 * @SRCGUARD_A_EXEMPT_IFINDEX: u32, the arrival device that it holds for
 * @SRCGUARD_A_EXEMPT_DEVICE: string, that device's name
 * @SRCGUARD_A_EXEMPT_PACKETS: u64, packets that it let through
 * @SRCGUARD_A_EXEMPT_ENTRY: nest, one of a list
 * @SRCGUARD_A_EXEMPT_LIST: u32, which list this message is a part of
 * @SRCGUARD_A_EXEMPT_FIRST: flag, the list begins here
 * @SRCGUARD_A_EXEMPT_LAST: flag, the list ends here
 * @__SRCGUARD_A_EXEMPT_MAX: end of the list, not an attribute
 */
enum srcguard_exempt_attr {
	SRCGUARD_A_EXEMPT_UNSPEC	= 0,
	SRCGUARD_A_EXEMPT_PAD		= 1,
	SRCGUARD_A_EXEMPT_PREFIX	= 2,
	SRCGUARD_A_EXEMPT_PREFIXLEN	= 3,
	SRCGUARD_A_EXEMPT_IFINDEX	= 4,
	SRCGUARD_A_EXEMPT_DEVICE	= 5,
	SRCGUARD_A_EXEMPT_PACKETS	= 6,
	SRCGUARD_A_EXEMPT_ENTRY		= 7,
	SRCGUARD_A_EXEMPT_LIST		= 8,
	SRCGUARD_A_EXEMPT_FIRST		= 9,
	SRCGUARD_A_EXEMPT_LAST		= 10,
	__SRCGUARD_A_EXEMPT_MAX
};

#define SRCGUARD_A_EXEMPT_MAX	(__SRCGUARD_A_EXEMPT_MAX - 1)

/**
 * enum srcguard_limit_attr - a kind of devices
 * @SRCGUARD_A_LIMIT_UNSPEC: never used
 * @SRCGUARD_A_LIMIT_PAD: aligns the 64-bit attributes, carries nothing
 * @SRCGUARD_A_LIMIT_KIND: string, the kind
 * @SRCGUARD_A_LIMIT_LIMIT: s32, as many as there may be, -1 any number
 * @SRCGUARD_A_LIMIT_IN_USE: u32, as many as there are
 * @SRCGUARD_A_LIMIT_REFUSED: u64, devices that were refused
 * @SRCGUARD_A_LIMIT_MOVED: u32, devices that moved in and wait for room
 * @__SRCGUARD_A_LIMIT_MAX: end of the list, not an attribute
 */
enum srcguard_limit_attr {
	SRCGUARD_A_LIMIT_UNSPEC		= 0,
	SRCGUARD_A_LIMIT_PAD		= 1,
	SRCGUARD_A_LIMIT_KIND		= 2,
	SRCGUARD_A_LIMIT_LIMIT		= 3,
	SRCGUARD_A_LIMIT_IN_USE		= 4,
	SRCGUARD_A_LIMIT_REFUSED	= 5,
	SRCGUARD_A_LIMIT_MOVED		= 6,
	__SRCGUARD_A_LIMIT_MAX
};

#define SRCGUARD_A_LIMIT_MAX	(__SRCGUARD_A_LIMIT_MAX - 1)

/**
 * enum srcguard_explain_attr - a packet, and what becomes of it
 * @SRCGUARD_A_EXPLAIN_UNSPEC: never used
 * @SRCGUARD_A_EXPLAIN_SRC: binary, source address, 4 or 16 bytes
 * @SRCGUARD_A_EXPLAIN_DST: binary, destination address
 * @SRCGUARD_A_EXPLAIN_DEVICE: string, the arrival device
 * @SRCGUARD_A_EXPLAIN_MARK: u32, mark
 * @SRCGUARD_A_EXPLAIN_TOS: u32, TOS or traffic class, 0..255
 * @SRCGUARD_A_EXPLAIN_VERDICT: u32, enum srcguard_verdict
 * @SRCGUARD_A_EXPLAIN_REASON: u32, enum srcguard_reason, if it failed
 * @SRCGUARD_A_EXPLAIN_DECIDED_BY: u32, enum srcguard_decider
 * @SRCGUARD_A_EXPLAIN_PREFIX: binary, address of the found route's prefix
 * @SRCGUARD_A_EXPLAIN_PREFIXLEN: u32, length of that prefix
 * @SRCGUARD_A_EXPLAIN_TYPE: u32, type of the route, RTN_UNICAST, ...
 * @SRCGUARD_A_EXPLAIN_TABLE: u32, the route's table
 * @SRCGUARD_A_EXPLAIN_NEXTHOPS: nest, the devices that the route leaves by
 * @SRCGUARD_A_EXPLAIN_NEXTHOP: string, one of these, only in the nest
 * @__SRCGUARD_A_EXPLAIN_MAX: end of the list, not an attribute
 */
enum srcguard_explain_attr {
	SRCGUARD_A_EXPLAIN_UNSPEC	= 0,
	SRCGUARD_A_EXPLAIN_SRC		= 1,
	SRCGUARD_A_EXPLAIN_DST		= 2,
	SRCGUARD_A_EXPLAIN_DEVICE	= 3,
	SRCGUARD_A_EXPLAIN_MARK		= 4,
	SRCGUARD_A_EXPLAIN_TOS		= 5,
	SRCGUARD_A_EXPLAIN_VERDICT	= 6,
	SRCGUARD_A_EXPLAIN_REASON	= 7,
	SRCGUARD_A_EXPLAIN_DECIDED_BY	= 8,
	SRCGUARD_A_EXPLAIN_PREFIX	= 9,
	SRCGUARD_A_EXPLAIN_PREFIXLEN	= 10,
	SRCGUARD_A_EXPLAIN_TYPE		= 11,
	SRCGUARD_A_EXPLAIN_TABLE	= 12,
	SRCGUARD_A_EXPLAIN_NEXTHOPS	= 13,
	SRCGUARD_A_EXPLAIN_NEXTHOP	= 14,
	__SRCGUARD_A_EXPLAIN_MAX
};

#define SRCGUARD_A_EXPLAIN_MAX	(__SRCGUARD_A_EXPLAIN_MAX - 1)

/**
 * enum srcguard_verdict - what becomes of a packet
 * @SRCGUARD_VERDICT_UNSPEC: never used
 * @SRCGUARD_VERDICT_ACCEPT: it passes
 * @SRCGUARD_VERDICT_DROP: it is dropped
 * @SRCGUARD_VERDICT_AUDIT: it passes though it fails, because enforce is 0
 * @__SRCGUARD_VERDICT_MAX: end of the list, not a verdict
 */
enum srcguard_verdict {
	SRCGUARD_VERDICT_UNSPEC	= 0,
	SRCGUARD_VERDICT_ACCEPT	= 1,
	SRCGUARD_VERDICT_DROP	= 2,
	SRCGUARD_VERDICT_AUDIT	= 3,
	__SRCGUARD_VERDICT_MAX
};

#define SRCGUARD_VERDICT_MAX	(__SRCGUARD_VERDICT_MAX - 1)

/* The verdicts' names, as SRCGUARD_REASON_LIST. */
#define SRCGUARD_VERDICT_LIST(X) \
	X(ACCEPT, "accept") \
	X(DROP, "drop") \
	X(AUDIT, "audit")

/**
 * enum srcguard_decider - what made a verdict what it is
 * @SRCGUARD_DECIDER_UNSPEC: never used
 * @SRCGUARD_DECIDER_OFF: the filter is off for the device
 * @SRCGUARD_DECIDER_NAMESPACE: the namespace's knobs
 * @SRCGUARD_DECIDER_DEVICE: the device's settings, its own or a pattern's
 * @SRCGUARD_DECIDER_EXEMPTION: it failed, and is exempt
 * @SRCGUARD_DECIDER_KERNEL: the filter has no say in it and leaves it to the kernel
 * @__SRCGUARD_DECIDER_MAX: end of the list, not a decider
 */
enum srcguard_decider {
	SRCGUARD_DECIDER_UNSPEC		= 0,
	SRCGUARD_DECIDER_OFF		= 1,
	SRCGUARD_DECIDER_NAMESPACE	= 2,
	SRCGUARD_DECIDER_DEVICE		= 3,
	SRCGUARD_DECIDER_EXEMPTION	= 4,
	SRCGUARD_DECIDER_KERNEL		= 5,
	__SRCGUARD_DECIDER_MAX
};

#define SRCGUARD_DECIDER_MAX	(__SRCGUARD_DECIDER_MAX - 1)

/* The deciders' names and a sentence, as SRCGUARD_REASON_LIST. */
#define SRCGUARD_DECIDER_LIST(X) \
	X(OFF, "off", "The reverse-path filter is off here.") \
	X(NAMESPACE, "namespace", "The namespace's knobs decided.") \
	X(DEVICE, "device", "The device's settings decided.") \
	X(EXEMPTION, "exemption", "It fails, and an exemption lets it through.") \
	X(KERNEL, "kernel", "The filter leaves such packets to the kernel.")

/**
 * enum srcguard_reason - why a packet failed a guard, a device was refused or a change was
 * @SRCGUARD_REASON_NONE: it did not fail
 * @SRCGUARD_REASON_NO_ROUTE: there is no route back to the source
 * @SRCGUARD_REASON_WRONG_DEVICE: the route back leaves by another device
 * @SRCGUARD_REASON_OWN_ADDRESS: the source is an address of this namespace, and
 *	the device does not have accept_local set (there is none for IPv6)
 * @SRCGUARD_REASON_REJECT_ROUTE: the route back is a blackhole, unreachable or
 *	prohibit route (RFC 5635)
 * @SRCGUARD_REASON_SOURCE_MULTICAST: the source is a group (RFC 1122 3.2.1.3)
 * @SRCGUARD_REASON_SOURCE_BROADCAST: the source is the limited broadcast or a
 *	broadcast address of a network that this namespace is on (RFC 1122 3.2.1.3)
 * @SRCGUARD_REASON_SOURCE_ZERO: the source is 0.0.0.0 (RFC 1122 3.2.1.3), and
 *	it is neither DHCP nor IGMP; or :: (RFC 4291 2.5.2), and not to a group
 * @SRCGUARD_REASON_SOURCE_LOOPBACK: the source is in 127.0.0.0/8, and the
 *	device does not have route_localnet set (RFC 1122 3.2.1.3); or ::1
 *	(RFC 4291 2.5.3)
 * @SRCGUARD_REASON_6TO4_SOURCE: the inner source holds another IPv4 address than the
 *	outer one (packet_is_spoofed() in net/ipv6/sit.c)
 * @SRCGUARD_REASON_6TO4_DESTINATION: the inner destination does
 * @SRCGUARD_REASON_6TO4_OUTER: an outer address is not global unicast, or one of the
 *	namespace's broadcast addresses (RFC 3964 5.3.1)
 * @SRCGUARD_REASON_6TO4_INNER: an inner address is none that 6to4 may carry (RFC 3964
 *	5.3.2)
 * @SRCGUARD_REASON_6TO4_EMBEDDED: an inner address holds an IPv4 address as for
 *	@SRCGUARD_REASON_6TO4_OUTER (RFC 3964 5.3.2)
 * @SRCGUARD_REASON_6TO4_NATIVE: neither inner address is a 6to4 one (RFC 3964 5.2)
 * @SRCGUARD_REASON_6TO4_TRUNCATED: the inner header is not there as a whole
 * @SRCGUARD_REASON_LIMIT_KIND: there are as many devices of the kind as there may be
 * @SRCGUARD_REASON_LIMIT_ANY: there are as many devices as there may be
 * @SRCGUARD_REASON_LIMIT_MOVED: the device moved in beyond a limit, and waits for room
 * @SRCGUARD_REASON_LOCKED: what was to be changed is locked
 * @__SRCGUARD_REASON_MAX: end of the list, not a reason
 */
enum srcguard_reason {
	SRCGUARD_REASON_NONE			= 0,
	SRCGUARD_REASON_NO_ROUTE		= 1,
	SRCGUARD_REASON_WRONG_DEVICE		= 2,
	SRCGUARD_REASON_OWN_ADDRESS		= 3,
	SRCGUARD_REASON_REJECT_ROUTE		= 4,
	SRCGUARD_REASON_SOURCE_MULTICAST	= 5,
	SRCGUARD_REASON_SOURCE_BROADCAST	= 6,
	SRCGUARD_REASON_SOURCE_ZERO		= 7,
	SRCGUARD_REASON_SOURCE_LOOPBACK		= 8,
	SRCGUARD_REASON_6TO4_SOURCE		= 9,
	SRCGUARD_REASON_6TO4_DESTINATION	= 10,
	SRCGUARD_REASON_6TO4_OUTER		= 11,
	SRCGUARD_REASON_6TO4_INNER		= 12,
	SRCGUARD_REASON_6TO4_EMBEDDED		= 13,
	SRCGUARD_REASON_6TO4_NATIVE		= 14,
	SRCGUARD_REASON_6TO4_TRUNCATED		= 15,
	SRCGUARD_REASON_LIMIT_KIND		= 16,
	SRCGUARD_REASON_LIMIT_ANY		= 17,
	SRCGUARD_REASON_LIMIT_MOVED		= 18,
	SRCGUARD_REASON_LOCKED			= 19,
	__SRCGUARD_REASON_MAX
};

#define SRCGUARD_REASON_MAX	(__SRCGUARD_REASON_MAX - 1)

/* The last of those that packets fail for; only these are counted by device. */
#define SRCGUARD_REASON_PACKET_MAX	SRCGUARD_REASON_6TO4_TRUNCATED

/*
 * The reasons' names and a sentence for people, for whoever prints them:
 * X(suffix of the enum value, name, sentence), in the order of the enum.
 */
#define SRCGUARD_REASON_LIST(X) \
	X(NO_ROUTE, "no_route", \
	  "There is no route back to the source address.") \
	X(WRONG_DEVICE, "wrong_device", \
	  "The route back to the source address leaves by another device.") \
	X(OWN_ADDRESS, "own_address", \
	  "The source is an address of this namespace, and the device may not take it (accept_local).") \
	X(REJECT_ROUTE, "reject_route", \
	  "The route back to the source is a blackhole, unreachable or prohibit route.") \
	X(SOURCE_MULTICAST, "source_multicast", \
	  "The source is a multicast address, which nobody may send from.") \
	X(SOURCE_BROADCAST, "source_broadcast", \
	  "The source is a broadcast address, which nobody may send from.") \
	X(SOURCE_ZERO, "source_zero", \
	  "The source is no address, and the packet does not ask for one (DHCP, IGMP, DAD).") \
	X(SOURCE_LOOPBACK, "source_loopback", \
	  "The source is a loopback address, and the device lacks route_localnet.") \
	X(6TO4_SOURCE, "6to4_source", \
	  "The inner source address holds another IPv4 address than the outer one.") \
	X(6TO4_DESTINATION, "6to4_destination", \
	  "The inner destination address holds another IPv4 address than the outer one.") \
	X(6TO4_OUTER, "6to4_outer", \
	  "An outer address is not a global one, as 6to4 asks for.") \
	X(6TO4_INNER, "6to4_inner", \
	  "An inner address is none that 6to4 may carry.") \
	X(6TO4_EMBEDDED, "6to4_embedded", \
	  "An inner address holds an IPv4 address that is not a global one.") \
	X(6TO4_NATIVE, "6to4_native", \
	  "Neither inner address is a 6to4 address.") \
	X(6TO4_TRUNCATED, "6to4_truncated", \
	  "The inner header is not there as a whole.") \
	X(LIMIT_KIND, "limit_kind", \
	  "There are as many devices of this kind as there may be.") \
	X(LIMIT_ANY, "limit_any", \
	  "There are as many devices of all kinds together as there may be.") \
	X(LIMIT_MOVED, "limit_moved", \
	  "The device moved in beyond a limit, and cannot be brought up until there is room.") \
	X(LOCKED, "locked", \
	  "Until the next boot this cannot be changed, or only to what is stricter.")

/**
 * enum srcguard_outcome - what became of a packet that failed a guard
 * @SRCGUARD_OUTCOME_UNSPEC: never used
 * @SRCGUARD_OUTCOME_DROPPED: it was dropped
 * @SRCGUARD_OUTCOME_AUDITED: it passed, because enforce is 0
 * @SRCGUARD_OUTCOME_EXEMPTED: it passed, because an exemption holds for it
 * @__SRCGUARD_OUTCOME_MAX: end of the list, not an outcome
 */
enum srcguard_outcome {
	SRCGUARD_OUTCOME_UNSPEC		= 0,
	SRCGUARD_OUTCOME_DROPPED	= 1,
	SRCGUARD_OUTCOME_AUDITED	= 2,
	SRCGUARD_OUTCOME_EXEMPTED	= 3,
	__SRCGUARD_OUTCOME_MAX
};

#define SRCGUARD_OUTCOME_MAX	(__SRCGUARD_OUTCOME_MAX - 1)

/* The outcomes' names, as SRCGUARD_REASON_LIST. */
#define SRCGUARD_OUTCOME_LIST(X) \
	X(DROPPED, "dropped") \
	X(AUDITED, "audited") \
	X(EXEMPTED, "exempted")

/**
 * enum srcguard_event_attr - what happened
 * @SRCGUARD_A_EVENT_UNSPEC: never used
 * @SRCGUARD_A_EVENT_PAD: aligns the 64-bit attributes, carries nothing
 * @SRCGUARD_A_EVENT_NUMBER: u64, counts the namespace's events from 1
 * @SRCGUARD_A_EVENT_TIME: u64, nanoseconds since 1970, UTC
 * @SRCGUARD_A_EVENT_TYPE: u32, enum srcguard_event
 * @SRCGUARD_A_EVENT_IFINDEX: u32, index of the arrival device
 * @SRCGUARD_A_EVENT_DEVICE: string, its name
 * @SRCGUARD_A_EVENT_FAMILY: u32, AF_INET or AF_INET6
 * @SRCGUARD_A_EVENT_REASON: u32, enum srcguard_reason
 * @SRCGUARD_A_EVENT_OUTCOME: u32, enum srcguard_outcome
 * @SRCGUARD_A_EVENT_SRC: binary, source address, 4 or 16 bytes
 * @SRCGUARD_A_EVENT_DST: binary, destination address
 * @SRCGUARD_A_EVENT_INNER_SRC: binary, source address of the header within, 16 bytes
 * @SRCGUARD_A_EVENT_INNER_DST: binary, its destination address
 * @SRCGUARD_A_EVENT_LINK_SRC: binary, Ethernet source address, 6 bytes
 * @SRCGUARD_A_EVENT_LENGTH: u32, bytes of the packet from the IP header on
 * @SRCGUARD_A_EVENT_SKIPPED: u64, packets that failed since the last event and that
 *	there is no event for
 * @SRCGUARD_A_EVENT_CHANGE: u32, enum srcguard_change
 * @SRCGUARD_A_EVENT_POLICY: nest, enum srcguard_policy_attr
 * @SRCGUARD_A_EVENT_DEV: nest, enum srcguard_dev_attr
 * @SRCGUARD_A_EVENT_EXEMPT: nest, enum srcguard_exempt_attr
 * @SRCGUARD_A_EVENT_LIMIT: nest, enum srcguard_limit_attr
 * @__SRCGUARD_A_EVENT_MAX: end of the list, not an attribute
 */
enum srcguard_event_attr {
	SRCGUARD_A_EVENT_UNSPEC		= 0,
	SRCGUARD_A_EVENT_PAD		= 1,
	SRCGUARD_A_EVENT_NUMBER		= 2,
	SRCGUARD_A_EVENT_TIME		= 3,
	SRCGUARD_A_EVENT_TYPE		= 4,
	SRCGUARD_A_EVENT_IFINDEX	= 5,
	SRCGUARD_A_EVENT_DEVICE		= 6,
	SRCGUARD_A_EVENT_FAMILY		= 7,
	SRCGUARD_A_EVENT_REASON		= 8,
	SRCGUARD_A_EVENT_OUTCOME	= 9,
	SRCGUARD_A_EVENT_SRC		= 10,
	SRCGUARD_A_EVENT_DST		= 11,
	SRCGUARD_A_EVENT_INNER_SRC	= 12,
	SRCGUARD_A_EVENT_INNER_DST	= 13,
	SRCGUARD_A_EVENT_LINK_SRC	= 14,
	SRCGUARD_A_EVENT_LENGTH		= 15,
	SRCGUARD_A_EVENT_SKIPPED	= 16,
	SRCGUARD_A_EVENT_CHANGE		= 17,
	SRCGUARD_A_EVENT_POLICY		= 18,
	SRCGUARD_A_EVENT_DEV		= 19,
	SRCGUARD_A_EVENT_EXEMPT		= 20,
	SRCGUARD_A_EVENT_LIMIT		= 21,
	__SRCGUARD_A_EVENT_MAX
};

#define SRCGUARD_A_EVENT_MAX	(__SRCGUARD_A_EVENT_MAX - 1)

/**
 * enum srcguard_event - kinds of events
 * @SRCGUARD_EVENT_UNSPEC: never used
 * @SRCGUARD_EVENT_DROP: a packet failed a guard
 * @SRCGUARD_EVENT_POLICY: something was set, or refused
 * @SRCGUARD_EVENT_LIMIT: a device was refused, or has to wait
 * @__SRCGUARD_EVENT_MAX: end of the list, not an event
 */
enum srcguard_event {
	SRCGUARD_EVENT_UNSPEC	= 0,
	SRCGUARD_EVENT_DROP	= 1,
	SRCGUARD_EVENT_POLICY	= 2,
	SRCGUARD_EVENT_LIMIT	= 3,
	__SRCGUARD_EVENT_MAX
};

#define SRCGUARD_EVENT_MAX	(__SRCGUARD_EVENT_MAX - 1)

/* The events' names, as SRCGUARD_REASON_LIST. */
#define SRCGUARD_EVENT_LIST(X) \
	X(DROP, "drop") \
	X(POLICY, "policy") \
	X(LIMIT, "limit")

/**
 * enum srcguard_change - what was set
 * @SRCGUARD_CHANGE_UNSPEC: never used
 * @SRCGUARD_CHANGE_KNOBS: knobs of the namespace
 * @SRCGUARD_CHANGE_DEV_SET: settings of a device or pattern
 * @SRCGUARD_CHANGE_DEV_CLEAR: they were taken away
 * @SRCGUARD_CHANGE_EXEMPT_ADD: an exemption was added
 * @SRCGUARD_CHANGE_EXEMPT_DEL: one was taken away
 * @SRCGUARD_CHANGE_EXEMPT_REPLACE: a list took the place of all of them
 * @SRCGUARD_CHANGE_LIMIT_SET: the limit of a kind of devices
 * @__SRCGUARD_CHANGE_MAX: end of the list, not a change
 */
enum srcguard_change {
	SRCGUARD_CHANGE_UNSPEC		= 0,
	SRCGUARD_CHANGE_KNOBS		= 1,
	SRCGUARD_CHANGE_DEV_SET		= 2,
	SRCGUARD_CHANGE_DEV_CLEAR	= 3,
	SRCGUARD_CHANGE_EXEMPT_ADD	= 4,
	SRCGUARD_CHANGE_EXEMPT_DEL	= 5,
	SRCGUARD_CHANGE_EXEMPT_REPLACE	= 6,
	SRCGUARD_CHANGE_LIMIT_SET	= 7,
	__SRCGUARD_CHANGE_MAX
};

#define SRCGUARD_CHANGE_MAX	(__SRCGUARD_CHANGE_MAX - 1)

/* The changes' names, as SRCGUARD_REASON_LIST: the tool's commands. */
#define SRCGUARD_CHANGE_LIST(X) \
	X(KNOBS, "set") \
	X(DEV_SET, "dev set") \
	X(DEV_CLEAR, "dev clear") \
	X(EXEMPT_ADD, "exempt add") \
	X(EXEMPT_DEL, "exempt del") \
	X(EXEMPT_REPLACE, "exempt replace") \
	X(LIMIT_SET, "limit set")

/*
 * RFC 3964, section 5.3.1: what is no global unicast address of IPv4, so that 6to4 must
 * not use it. X(address in host byte order, prefix length, sentence).
 */
#define SRCGUARD_6TO4_BAD_IPV4_LIST(X) \
	X(0x00000000, 8, "0.0.0.0/8 is the host itself (RFC 1122).") \
	X(0x0a000000, 8, "10.0.0.0/8 is private (RFC 1918).") \
	X(0x7f000000, 8, "127.0.0.0/8 is loopback (RFC 1122).") \
	X(0xa9fe0000, 16, "169.254.0.0/16 is link-local (RFC 3927).") \
	X(0xac100000, 12, "172.16.0.0/12 is private (RFC 1918).") \
	X(0xc0a80000, 16, "192.168.0.0/16 is private (RFC 1918).") \
	X(0xe0000000, 4, "224.0.0.0/4 is multicast (RFC 5771).") \
	X(0xf0000000, 4, "240.0.0.0/4 is reserved, or the limited broadcast (RFC 1112, RFC 919).")

/*
 * RFC 3964, section 5.3.2: what 6to4 must not carry as an inner address. X(its first 32
 * bits in host byte order, prefix length, sentence); no prefix is longer than that.
 */
#define SRCGUARD_6TO4_BAD_IPV6_LIST(X) \
	X(0x00000000, 16, "::/16 is no unicast address: compatible, mapped, loopback, unspecified.") \
	X(0xfe800000, 10, "fe80::/10 is link-local (RFC 4291).") \
	X(0xfec00000, 10, "fec0::/10 is site-local (RFC 3879).") \
	X(0xff000000, 8, "ff00::/8 is multicast (RFC 4291).")

#endif /* _UAPI_LINUX_SRCGUARD_H */
