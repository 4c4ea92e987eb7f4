// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink: one request, all of its answer, and the kernel's own words when it
 * refuses; or the family's events, as they come. libnl frames and parses; the end of an
 * answer is read here, because libnl 3.7 hands on neither the extended ACK nor the error
 * that can end a dump.
 */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

/* A dump is answered from memory: this long means that the answer got lost. */
#define NL_TIMEOUT_SECONDS 5

/* How often to ask for a list that changes while it is being read. */
#define NL_DUMP_TRIES 10

#define NL_TEXT_MAX 256

/* Room for a request: more than any single one needs, and less than a socket takes. */
#define NL_REQUEST_MAX 32768

/* Room for events that wait; the kernel gives as much of it as the host allows. */
#define NL_EVENTS_MAX (1 << 20)

struct nl_answer {
	uint16_t type;		/* of the messages waited for */
	uint32_t seq;
	bool done;
	bool interrupted;	/* a dump's parts do not belong together */
	int error;		/* errno by which the kernel ended the answer */
	uint32_t offset;	/* of the attribute at fault, 0 for none */
	char text[NL_TEXT_MAX];	/* the kernel's words, or empty */
	struct nl_msg **msg;
	size_t count, room;
};

static void nl_answer_clear(struct nl_answer *a)
{
	while (a->count)
		nlmsg_free(a->msg[--a->count]);
	free(a->msg);
	*a = (struct nl_answer){ };
}

static bool nl_answer_keep(struct nl_answer *a, struct nl_msg *msg)
{
	if (a->count == a->room) {
		size_t room = a->room ? 2 * a->room : 16;
		struct nl_msg **grown = reallocarray(a->msg, room, sizeof(struct nl_msg *));

		if (!grown)
			return false;
		a->msg = grown;
		a->room = room;
	}
	nlmsg_get(msg);
	a->msg[a->count++] = msg;
	return true;
}

/*
 * The message that ends an answer: NLMSG_ERROR, also with error 0 as an ACK, or
 * NLMSG_DONE. Both begin with the error. In NLMSG_ERROR the request's header
 * follows, and unless capped the request's payload, and then the attributes.
 */
static void nl_answer_finish(struct nl_answer *a, struct nlmsghdr *hdr)
{
	static const struct nla_policy policy[NLMSGERR_ATTR_MAX + 1] = {
		[NLMSGERR_ATTR_MSG]	= { .type = NLA_STRING },
		[NLMSGERR_ATTR_OFFS]	= { .type = NLA_U32 },
	};
	struct nlattr *attr[NLMSGERR_ATTR_MAX + 1];
	size_t len = nlmsg_datalen(hdr), skip = sizeof(int);
	const struct nlmsgerr *end = nlmsg_data(hdr);

	a->done = true;
	if (len < sizeof(end->error) || end->error < -4095 || end->error > 0) {
		a->error = EBADMSG;
		return;
	}
	a->error = -end->error;
	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
		return;

	if (hdr->nlmsg_type == NLMSG_ERROR) {
		skip = sizeof(*end);
		if (len < skip)
			return;
		if (!(hdr->nlmsg_flags & NLM_F_CAPPED)) {
			if (end->msg.nlmsg_len < NLMSG_HDRLEN || end->msg.nlmsg_len > len)
				return;
			skip += NLMSG_ALIGN(end->msg.nlmsg_len - NLMSG_HDRLEN);
		}
	}
	if (skip >= len || nla_parse(attr, NLMSGERR_ATTR_MAX,
				     (struct nlattr *)((char *)nlmsg_data(hdr) + skip),
				     len - skip, policy))
		return;
	if (attr[NLMSGERR_ATTR_MSG])
		nla_strlcpy(a->text, attr[NLMSGERR_ATTR_MSG], sizeof(a->text));
	if (attr[NLMSGERR_ATTR_OFFS])
		a->offset = nla_get_u32(attr[NLMSGERR_ATTR_OFFS]);
}

/*
 * Sees each message first, and leaves nothing to libnl's own handling. Only the
 * kernel has port 0; root in the namespace could send from any other.
 */
static int nl_receive(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct nl_answer *a = arg;

	if (nlmsg_get_src(msg)->nl_pid || hdr->nlmsg_seq != a->seq)
		return NL_SKIP;
	if (hdr->nlmsg_flags & NLM_F_DUMP_INTR)
		a->interrupted = true;
	if (hdr->nlmsg_type == NLMSG_ERROR || hdr->nlmsg_type == NLMSG_DONE) {
		nl_answer_finish(a, hdr);
		return NL_STOP;
	}
	if (hdr->nlmsg_type == a->type && !nl_answer_keep(a, msg)) {
		a->error = ENOMEM;
		a->done = true;
		return NL_STOP;
	}
	return NL_SKIP;
}

/* Sends and collects once. Returns 0 with a complete answer, or libnl's error. */
static int nl_ask_once(struct nl_sock *sk, struct nl_msg *msg, struct nl_answer *a)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	int err;

	nl_answer_clear(a);
	hdr->nlmsg_seq = NL_AUTO_SEQ;
	nl_complete_msg(sk, msg);
	a->type = hdr->nlmsg_type;
	a->seq = hdr->nlmsg_seq;

	err = nl_socket_modify_cb(sk, NL_CB_MSG_IN, NL_CB_CUSTOM, nl_receive, a);
	if (!err)
		err = nl_send(sk, msg);
	while (err >= 0 && !a->done)
		err = nl_recvmsgs_default(sk);
	nl_socket_modify_cb(sk, NL_CB_MSG_IN, NL_CB_DEFAULT, NULL, NULL);
	return err < 0 ? err : 0;
}

static const struct nl_request nl_resolve;

/* Prints "KNOB: TEXT (ERRNO)", with as much of it as the kernel told. */
static int nl_refused(const struct nl_request *rq, struct nl_msg *msg, const struct nl_answer *a,
		      void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	const char *name = NULL, *why = strerror(a->error);
	struct nlattr *attr;
	int rest;

	if (rq == &nl_resolve && a->error == ENOENT) {
		print_error("the kernel module is not loaded; load it with: modprobe srcguard");
		return TOOL_NO_MODULE;
	}
	if (rq->attr_name && a->offset)
		nlmsg_for_each_attr(attr, hdr, GENL_HDRLEN, rest)
			if (a->offset - (size_t)((char *)attr - (char *)hdr) <
			    (size_t)nla_total_size(nla_len(attr)))
				name = rq->attr_name(attr, arg);
	if (a->text[0])
		print_error("%s%s%s (%s)", name ? name : "", name ? ": " : "", a->text, why);
	else
		print_error("%s%s%s", name ? name : "", name ? ": " : "", why);
	return TOOL_REFUSED;
}

static int nl_ask(struct nl_sock *sk, const struct nl_request *rq, struct nl_msg *msg,
		  struct nl_answer *a, void *arg)
{
	int err, tries = 0;

	do {
		err = nl_ask_once(sk, msg, a);
	} while (!err && !a->error && a->interrupted && ++tries < NL_DUMP_TRIES);

	if (err == -NLE_AGAIN) {
		print_error("the kernel did not answer within %d seconds", NL_TIMEOUT_SECONDS);
		return TOOL_TIMEOUT;
	}
	if (err) {
		print_error("netlink: %s", nl_geterror(err));
		return TOOL_REFUSED;
	}
	if (a->error)
		return nl_refused(rq, msg, a, arg);
	if (a->interrupted) {
		print_error("the list changed while it was read, %d times in a row", tries);
		return TOOL_REFUSED;
	}
	return TOOL_DONE;
}

/* Hands on what arrived; the last thing that can go wrong is its content. */
static int nl_deliver(const struct nl_request *rq, const struct nl_answer *a, void *arg)
{
	struct nlattr *attr[rq->max + 1];
	size_t i;

	for (i = 0; rq->each && i < a->count; i++) {
		if (genlmsg_parse(nlmsg_hdr(a->msg[i]), 0, attr, rq->max, rq->policy) ||
		    !rq->each(attr, arg)) {
			print_error("the kernel's answer is malformed");
			return TOOL_REFUSED;
		}
	}
	return TOOL_DONE;
}

static int nl_exchange(struct nl_sock *sk, uint16_t family, const struct nl_request *rq, void *arg)
{
	struct nl_msg *msg = nlmsg_alloc_size(NL_REQUEST_MAX);
	struct nl_answer answer = { };
	int ret;

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, rq->flags, rq->cmd,
				 SRCGUARD_GENL_VERSION) ||
	    (rq->put && !rq->put(msg, arg))) {
		print_error("%s", strerror(ENOMEM));
		ret = TOOL_REFUSED;
	} else {
		ret = nl_ask(sk, rq, msg, &answer, arg);
		if (!ret)
			ret = nl_deliver(rq, &answer, arg);
	}
	nl_answer_clear(&answer);
	nlmsg_free(msg);
	return ret;
}

static bool nl_resolve_put(struct nl_msg *msg, void *arg)
{
	(void)arg;
	return !nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, SRCGUARD_GENL_NAME);
}

static bool nl_resolve_each(struct nlattr **attr, void *arg)
{
	uint16_t *family = arg;

	if (attr[CTRL_ATTR_FAMILY_ID])
		*family = nla_get_u16(attr[CTRL_ATTR_FAMILY_ID]);
	return *family >= NLMSG_MIN_TYPE;
}

static const struct nla_policy nl_resolve_policy[CTRL_ATTR_FAMILY_ID + 1] = {
	[CTRL_ATTR_FAMILY_ID]	= { .type = NLA_U16 },
};

/* genl_ctrl_resolve() would give the same error for any failure. */
static const struct nl_request nl_resolve = {
	.cmd	= CTRL_CMD_GETFAMILY,
	.max	= CTRL_ATTR_FAMILY_ID,
	.policy	= nl_resolve_policy,
	.put	= nl_resolve_put,
	.each	= nl_resolve_each,
};

static struct nl_sock *nl_open(void)
{
	static const int options[] = { NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK };
	const struct timeval timeout = { .tv_sec = NL_TIMEOUT_SECONDS };
	struct nl_sock *sk = nl_socket_alloc();
	int err = sk ? genl_connect(sk) : -NLE_NOMEM;
	size_t i;

	if (err) {
		print_error("netlink: %s", nl_geterror(err));
		nl_socket_free(sk);
		return NULL;
	}
	/* Without these answers are less clear, but right: no reason to give up. */
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, options[i], &(int){ 1 }, sizeof(int));
	setsockopt(nl_socket_get_fd(sk), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	return sk;
}

/* A socket in the namespace, and the family's number there. */
static int nl_begin(const char *netns, struct nl_sock **sk, uint16_t *family)
{
	int ret = netns ? netns_enter(netns) : TOOL_DONE;

	*family = 0;
	*sk = NULL;
	if (ret)
		return ret;
	*sk = nl_open();
	return *sk ? nl_exchange(*sk, GENL_ID_CTRL, &nl_resolve, family) : TOOL_REFUSED;
}

/* Does @rq in the namespace and returns enum tool_exit, having printed why. */
int nl_request(const struct nl_request *rq, const char *netns, void *arg)
{
	struct nl_sock *sk;
	uint16_t family;
	int ret;

	ret = nl_begin(netns, &sk, &family);
	while (!ret) {
		ret = nl_exchange(sk, family, rq, arg);
		if (!rq->more || !rq->more(arg))
			break;
	}
	nl_socket_free(sk);
	return ret;
}

static int nl_heard(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct nl_listener *l = arg;
	struct nlattr *attr[l->max + 1];

	if (nlmsg_get_src(msg)->nl_pid)
		return NL_SKIP;
	/* A family came or went. */
	if (hdr->nlmsg_type == GENL_ID_CTRL)
		l->doubt = true;
	if (hdr->nlmsg_type != l->family || !genlmsg_valid_hdr(hdr, 0) ||
	    genlmsg_hdr(hdr)->cmd != l->cmd)
		return NL_SKIP;
	if (genlmsg_parse(hdr, 0, attr, l->max, l->policy) || !l->each(attr, l->arg)) {
		print_error("the kernel's event is malformed");
		l->ret = TOOL_REFUSED;
	}
	return NL_SKIP;
}

static int nl_join(struct nl_sock *sk, int group)
{
	int err = group < 0 ? group : nl_socket_add_membership(sk, group);

	if (!err)
		return TOOL_DONE;
	if (err == -NLE_PERM)
		print_error("to listen, CAP_NET_ADMIN over the network namespace is needed");
	else
		print_error("netlink: %s", nl_geterror(err));
	return TOOL_REFUSED;
}

/*
 * Joins the events of the namespace, and the news of which families there are: when
 * the module goes, so do the members of its group, and the socket is just silent.
 */
int nl_listen(struct nl_listener *l, const char *netns)
{
	int ret = nl_begin(netns, &l->sk, &l->family), events, families;

	if (ret)
		return ret;
	/* What nl_receive() took, libnl did not count; and events have no number of the kind. */
	nl_socket_disable_seq_check(l->sk);
	/* Both are asked for before either could get in the way of an answer. */
	events = genl_ctrl_resolve_grp(l->sk, SRCGUARD_GENL_NAME, SRCGUARD_GENL_GROUP_EVENTS);
	families = genl_ctrl_resolve_grp(l->sk, "nlctrl", "notify");
	nl_socket_set_buffer_size(l->sk, NL_EVENTS_MAX, 0);
	nl_socket_set_nonblocking(l->sk);
	nl_socket_modify_cb(l->sk, NL_CB_MSG_IN, NL_CB_CUSTOM, nl_heard, l);
	ret = nl_join(l->sk, events);
	if (!ret)
		ret = nl_join(l->sk, families);
	l->fd = nl_socket_get_fd(l->sk);
	/* What may have happened meanwhile. */
	l->waiting = l->doubt = true;
	return ret;
}

/* Whether the family is the one that was joined: a module loaded anew has another number. */
static int nl_listen_check(const struct nl_listener *l)
{
	struct nl_sock *sk;
	uint16_t family;
	int ret = nl_begin(NULL, &sk, &family);

	nl_socket_free(sk);
	if (!ret && family != l->family) {
		print_error("the kernel module was unloaded, and loaded again");
		ret = TOOL_NO_MODULE;
	}
	return ret;
}

/*
 * Takes one of the messages that are there, without waiting; enum tool_exit, which is
 * TOOL_DONE if more may follow.
 */
int nl_hear(struct nl_listener *l)
{
	int err = nl_recvmsgs_default(l->sk);

	if (err == -NLE_NOMEM) {
		/* ENOBUFS: what is lost may be that the module went. */
		l->doubt = true;
	} else if (err == -NLE_AGAIN) {
		l->waiting = false;
		if (l->doubt) {
			l->doubt = false;
			return nl_listen_check(l);
		}
	} else if (err < 0) {
		print_error("netlink: %s", nl_geterror(err));
		return TOOL_REFUSED;
	}
	return l->ret;
}

void nl_listen_end(struct nl_listener *l)
{
	nl_socket_free(l->sk);
}
