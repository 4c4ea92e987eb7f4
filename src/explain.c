// SPDX-License-Identifier: GPL-2.0-only
/*
 * What would become of a packet: makes the one that is described, and runs the
 * packet path's code on it. Process context.
 */
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "explain.h"

/* What the kernel gives a packet of its own; no rule or filter looks at it. */
#define SRCGUARD_EXPLAIN_TTL	64

static bool srcguard_explain_first_ipv6(const struct net_device *in, struct in6_addr *address)
{
	const struct inet6_ifaddr *first;
	struct inet6_dev *in6_dev = __in6_dev_get(in);

	if (!in6_dev)
		return false;
	read_lock_bh(&in6_dev->lock);
	first = list_first_entry_or_null(&in6_dev->addr_list, struct inet6_ifaddr, if_list);
	if (first)
		*address = first->addr;
	read_unlock_bh(&in6_dev->lock);
	return first;
}

/* The device's first address, or for IPv4, where it has none, what it would send from. */
static bool srcguard_explain_first(const struct net_device *in, struct srcguard_prefix *address)
{
	if (address->ipv6)
		return srcguard_explain_first_ipv6(in, &address->address);
	address->address.s6_addr32[0] = inet_select_addr(in, 0, RT_SCOPE_HOST);
	return address->address.s6_addr32[0];
}

static void srcguard_explain_put_ipv4(struct sk_buff *skb,
				      const struct srcguard_question *question)
{
	struct iphdr *iph = skb_put_zero(skb, sizeof(*iph));

	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tos = question->tos;
	iph->tot_len = htons(sizeof(*iph) + sizeof(struct udphdr));
	iph->ttl = SRCGUARD_EXPLAIN_TTL;
	iph->protocol = IPPROTO_UDP;
	iph->saddr = question->source.address.s6_addr32[0];
	iph->daddr = question->destination.address.s6_addr32[0];
	ip_send_check(iph);
	skb->protocol = htons(ETH_P_IP);
}

static void srcguard_explain_put_ipv6(struct sk_buff *skb,
				      const struct srcguard_question *question)
{
	struct ipv6hdr *header = skb_put_zero(skb, sizeof(*header));

	ip6_flow_hdr(header, question->tos, 0);
	header->payload_len = htons(sizeof(struct udphdr));
	header->hop_limit = SRCGUARD_EXPLAIN_TTL;
	header->nexthdr = IPPROTO_UDP;
	header->saddr = question->source.address;
	header->daddr = question->destination.address;
	skb->protocol = htons(ETH_P_IPV6);
}

static struct sk_buff *srcguard_explain_packet(const struct srcguard_question *question)
{
	struct sk_buff *skb;
	struct udphdr *udp;

	skb = alloc_skb(sizeof(struct ipv6hdr) + sizeof(*udp), GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	if (question->source.ipv6)
		srcguard_explain_put_ipv6(skb, question);
	else
		srcguard_explain_put_ipv4(skb, question);
	skb_set_transport_header(skb, skb->len);
	udp = skb_put_zero(skb, sizeof(*udp));
	udp->len = htons(sizeof(*udp));
	skb->dev = question->in;
	skb->skb_iif = question->in->ifindex;
	skb->mark = question->mark;
	return skb;
}

/**
 * srcguard_explain - say what would become of a packet
 * @sgn: the namespace; the caller holds RTNL
 * @question: the packet
 * @explanation: the answer
 * @extack: told why there is none
 *
 * Return: 0 or a negative error.
 */
int srcguard_explain(struct srcguard_net *sgn, const struct srcguard_question *question,
		     struct srcguard_explanation *explanation, struct netlink_ext_ack *extack)
{
	struct srcguard_question whole = *question;
	struct nf_hook_state state;
	struct sk_buff *skb;

	if (whole.source.ipv6 && !ipv6_mod_enabled()) {
		NL_SET_ERR_MSG(extack, "IPv6 is disabled on this host");
		return -EAFNOSUPPORT;
	}
	if (!whole.destination.length) {
		whole.destination.ipv6 = whole.source.ipv6;
		if (!srcguard_explain_first(whole.in, &whole.destination)) {
			NL_SET_ERR_MSG(extack, "The device has no address of this family: say to which one");
			return -EADDRNOTAVAIL;
		}
	}
	skb = srcguard_explain_packet(&whole);
	if (!skb) {
		NL_SET_ERR_MSG(extack, "No memory for the packet");
		return -ENOMEM;
	}

	nf_hook_state_init(&state, NF_INET_PRE_ROUTING,
			   whole.source.ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4, whole.in, NULL, NULL,
			   sgn->net, NULL);
	rcu_read_lock();
	local_bh_disable();
	srcguard_hook_explain(sgn, skb, &state,
			      whole.source.ipv6 ? SRCGUARD_FAMILY_IPV6 : SRCGUARD_FAMILY_IPV4,
			      explanation);
	local_bh_enable();
	rcu_read_unlock();
	kfree_skb(skb);
	return 0;
}
