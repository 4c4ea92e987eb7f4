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
 * and, where one attribute is at fault, that attribute's offset:
 *
 *   EPERM   the capability that the command asks for is missing
 *   ERANGE  a value is outside the range given here
 *   EINVAL  an attribute is unknown, malformed or missing
 *   ENOMEM  no memory for counters or for the new policy
 *
 * SRCGUARD_CMD_POLICY_GET
 *   Asks for the namespace's knobs. Needs no capability. The request has no
 *   attributes, the answer is one message with all of enum srcguard_policy_attr:
 *
 *     SRCGUARD_A_POLICY_RP_FILTER   u32  enum srcguard_rp_filter
 *     SRCGUARD_A_POLICY_ENFORCE     u32  0 audit, 1 drop
 *
 * SRCGUARD_CMD_POLICY_SET
 *   Sets the knobs that the message names, all or none of them; those that it
 *   leaves out stay as they are. At least one must be named. Needs CAP_NET_ADMIN
 *   in the user namespace that owns the network namespace, both in the sending
 *   process and in whoever opened the socket. Answered by an ACK only.
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
 */
#ifndef _UAPI_LINUX_SRCGUARD_H
#define _UAPI_LINUX_SRCGUARD_H

#define SRCGUARD_GENL_NAME	"srcguard"
#define SRCGUARD_GENL_VERSION	1

/**
 * enum srcguard_cmd - commands of the family
 * @SRCGUARD_CMD_UNSPEC: never used
 * @SRCGUARD_CMD_POLICY_GET: read the namespace's knobs
 * @SRCGUARD_CMD_POLICY_SET: set some of the namespace's knobs, atomically
 * @SRCGUARD_CMD_STATS_GET: dump the namespace's counters
 * @SRCGUARD_CMD_STATE_GET: read what the guards noticed of themselves
 * @__SRCGUARD_CMD_MAX: end of the list, not a command
 */
enum srcguard_cmd {
	SRCGUARD_CMD_UNSPEC	= 0,
	SRCGUARD_CMD_POLICY_GET	= 1,
	SRCGUARD_CMD_POLICY_SET	= 2,
	SRCGUARD_CMD_STATS_GET	= 3,
	SRCGUARD_CMD_STATE_GET	= 4,
	__SRCGUARD_CMD_MAX
};

#define SRCGUARD_CMD_MAX	(__SRCGUARD_CMD_MAX - 1)

/**
 * enum srcguard_policy_attr - a namespace's knobs, named as the sysctls are
 * @SRCGUARD_A_POLICY_UNSPEC: never used
 * @SRCGUARD_A_POLICY_RP_FILTER: u32, enum srcguard_rp_filter, default 1 (strict)
 * @SRCGUARD_A_POLICY_ENFORCE: u32, 1 drops what fails a guard (the default),
 *	0 counts it and lets it pass (audit)
 * @__SRCGUARD_A_POLICY_MAX: end of the list, not an attribute
 */
enum srcguard_policy_attr {
	SRCGUARD_A_POLICY_UNSPEC	= 0,
	SRCGUARD_A_POLICY_RP_FILTER	= 1,
	SRCGUARD_A_POLICY_ENFORCE	= 2,
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
 */
enum srcguard_rp_filter {
	SRCGUARD_RP_FILTER_OFF		= 0,
	SRCGUARD_RP_FILTER_STRICT	= 1,
	SRCGUARD_RP_FILTER_LOOSE	= 2,
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
 * @__SRCGUARD_A_STATE_MAX: end of the list, not an attribute
 */
enum srcguard_state_attr {
	SRCGUARD_A_STATE_UNSPEC		= 0,
	SRCGUARD_A_STATE_PAD		= 1,
	SRCGUARD_A_STATE_UNJUDGED	= 2,
	__SRCGUARD_A_STATE_MAX
};

#define SRCGUARD_A_STATE_MAX	(__SRCGUARD_A_STATE_MAX - 1)

/**
 * enum srcguard_reason - why a packet failed a guard
 * @SRCGUARD_REASON_NONE: it did not fail
 * @SRCGUARD_REASON_NO_ROUTE: there is no route back to the source
 * @SRCGUARD_REASON_WRONG_DEVICE: the route back leaves by another device
 * @SRCGUARD_REASON_OWN_ADDRESS: the source is an address of this namespace, and
 *	the device does not have accept_local set
 * @SRCGUARD_REASON_REJECT_ROUTE: the route back is a blackhole, unreachable or
 *	prohibit route (RFC 5635)
 * @SRCGUARD_REASON_SOURCE_MULTICAST: the source is a group (RFC 1122 3.2.1.3)
 * @SRCGUARD_REASON_SOURCE_BROADCAST: the source is the limited broadcast or a
 *	broadcast address of a network that this namespace is on (RFC 1122 3.2.1.3)
 * @SRCGUARD_REASON_SOURCE_ZERO: the source is 0.0.0.0 (RFC 1122 3.2.1.3), and
 *	it is neither DHCP nor IGMP
 * @SRCGUARD_REASON_SOURCE_LOOPBACK: the source is in 127.0.0.0/8, and the
 *	device does not have route_localnet set (RFC 1122 3.2.1.3)
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
	__SRCGUARD_REASON_MAX
};

#define SRCGUARD_REASON_MAX	(__SRCGUARD_REASON_MAX - 1)

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
	  "The source is an address of this namespace, and the device lacks accept_local.") \
	X(REJECT_ROUTE, "reject_route", \
	  "The route back to the source is a blackhole, unreachable or prohibit route.") \
	X(SOURCE_MULTICAST, "source_multicast", \
	  "The source is a multicast address, which nobody may send from.") \
	X(SOURCE_BROADCAST, "source_broadcast", \
	  "The source is a broadcast address, which nobody may send from.") \
	X(SOURCE_ZERO, "source_zero", \
	  "The source is 0.0.0.0, and the packet is neither DHCP nor IGMP.") \
	X(SOURCE_LOOPBACK, "source_loopback", \
	  "The source is in 127.0.0.0/8, and the device lacks route_localnet.")

/**
 * enum srcguard_outcome - what became of a packet that failed a guard
 * @SRCGUARD_OUTCOME_UNSPEC: never used
 * @SRCGUARD_OUTCOME_DROPPED: it was dropped
 * @SRCGUARD_OUTCOME_AUDITED: it passed, because enforce is 0
 * @__SRCGUARD_OUTCOME_MAX: end of the list, not an outcome
 */
enum srcguard_outcome {
	SRCGUARD_OUTCOME_UNSPEC		= 0,
	SRCGUARD_OUTCOME_DROPPED	= 1,
	SRCGUARD_OUTCOME_AUDITED	= 2,
	__SRCGUARD_OUTCOME_MAX
};

#define SRCGUARD_OUTCOME_MAX	(__SRCGUARD_OUTCOME_MAX - 1)

/* The outcomes' names, as SRCGUARD_REASON_LIST. */
#define SRCGUARD_OUTCOME_LIST(X) \
	X(DROPPED, "dropped") \
	X(AUDITED, "audited")

#endif /* _UAPI_LINUX_SRCGUARD_H */
