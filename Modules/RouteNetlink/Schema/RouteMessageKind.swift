internal import CKernel
public import Netlink

/// The kinds of rtnetlink(7) messages that everything can be told of by name.
public enum RouteMessageKind: String, CaseIterable, Hashable, Sendable {
    /// struct ifinfomsg and IFLA_*.
    case link
    /// struct ifaddrmsg and IFA_*.
    case address
    /// struct rtmsg and RTA_*.
    case route
    /// struct fib_rule_hdr and FRA_*.
    case rule
    /// struct ndmsg and NDA_*: neighbours and a bridge's forwarding entries.
    case neighbor
    /// struct ndtmsg and NDTA_*.
    case neighborTable = "neighbor-table"
    /// struct rtgenmsg and NETNSA_*: ids of network namespaces.
    case nsid
    /// struct prefixmsg and PREFIX_*: what a router advertised.
    case prefix
    /// struct if_stats_msg and IFLA_STATS_*.
    case stats
    /// struct tcmsg and TCA_*: qdiscs, classes, filters, chains.
    case tc
    /// struct nhmsg and NHA_*.
    case nexthop

    /// Of RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK, RTM_SETLINK and so on; nil for a type that there is no schema for.
    public init?(messageType: UInt16) {
        // Types come in fours: new, delete, get, set.
        switch Int(messageType & ~3) {
        case RTM_NEWLINK, RTM_NEWLINKPROP: self = .link
        case RTM_NEWADDR: self = .address
        case RTM_NEWROUTE: self = .route
        case RTM_NEWRULE: self = .rule
        case RTM_NEWNEIGH: self = .neighbor
        case RTM_NEWNEIGHTBL: self = .neighborTable
        case RTM_NEWNSID: self = .nsid
        case RTM_NEWPREFIX: self = .prefix
        case RTM_NEWSTATS: self = .stats
        case RTM_NEWQDISC, RTM_NEWTCLASS, RTM_NEWTFILTER, RTM_NEWCHAIN: self = .tc
        case RTM_NEWNEXTHOP: self = .nexthop
        default: return nil
        }
    }

    /// The names and forms of the header and of all attributes.
    public var schema: MessageSchema? { MessageSchema(named: rawValue) }
}
