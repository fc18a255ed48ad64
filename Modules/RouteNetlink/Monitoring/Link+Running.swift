internal import CKernel
internal import Netlink

/// What of a link runs on by itself, or tells of the message and not of the link.
extension Link {
    /// Counters and timers run on. What a notification has beside the link (IFLA_EVENT, where it went) is of that moment, and so is
    /// ``changedFlags``.
    func isUnchanged(since old: Link, isTold: Bool) -> Bool {
        index == old.index && flags == old.flags && type == old.type && family == old.family
            && attributes.matches(old.attributes, but: Self.running(kind, in: portKind))
    }

    private static func running(_ kind: String?, in portKind: String?) -> AttributeOmission {
        let data = kind.flatMap { runningData[$0] }
        let portData = portKind.flatMap { runningPortData[$0] }
        if data == nil && portData == nil { return plain }
        return omission(data, portData)
    }

    private static let plain = omission(nil, nil)

    private static func omission(_ data: AttributeOmission?, _ portData: AttributeOmission?) -> AttributeOmission {
        var information: [Int: AttributeOmission] = [:]
        information[Int(IFLA_INFO_DATA)] = data
        information[Int(IFLA_INFO_SLAVE_DATA)] = portData
        var nested = [
            Int(IFLA_LINKINFO): AttributeOmission([Int(IFLA_INFO_XSTATS)], inside: information),
            Int(IFLA_AF_SPEC): families,
        ]
        nested[Int(IFLA_PROTINFO)] = portData
        return AttributeOmission(
            [
                Int(IFLA_STATS), Int(IFLA_STATS64), Int(IFLA_EVENT), Int(IFLA_NEW_NETNSID), Int(IFLA_NEW_IFINDEX),
            ],
            inside: nested)
    }

    /// IFLA_INET6_CACHEINFO has the time of the last change and a reachable time that is drawn anew every few hours (RFC 4861). Of
    /// IFLA_INET6_FLAGS the kernel tells nobody here: that a router was solicited, which it is a while after the carrier came, and that
    /// IPv6 is ready, which follows the link's own state. What a router said counts.
    private static let families = AttributeOmission(
        [],
        inside: [
            Int(AF_INET6): AttributeOmission(
                [Int(IFLA_INET6_STATS), Int(IFLA_INET6_ICMP6STATS), Int(IFLA_INET6_CACHEINFO)],
                bits: [Int(IFLA_INET6_FLAGS): solicitedRouter | ready])
        ])

    /// IF_RS_SENT and IF_READY (include/net/if_inet6.h of the kernel).
    private static let solicitedRouter: UInt32 = 0x10
    private static let ready: UInt32 = 0x8000_0000

    private static let runningData = [
        "bridge": AttributeOmission([
            Int(IFLA_BR_HELLO_TIMER), Int(IFLA_BR_TCN_TIMER), Int(IFLA_BR_TOPOLOGY_CHANGE_TIMER),
            Int(IFLA_BR_GC_TIMER), Int(IFLA_BR_FDB_N_LEARNED),
        ]),
        "can": AttributeOmission([Int(IFLA_CAN_BERR_COUNTER)]),
        "hsr": AttributeOmission([Int(IFLA_HSR_SEQ_NR)]),
    ]

    private static let runningPortData = [
        "bridge": AttributeOmission([
            Int(IFLA_BRPORT_MESSAGE_AGE_TIMER), Int(IFLA_BRPORT_FORWARD_DELAY_TIMER), Int(IFLA_BRPORT_HOLD_TIMER),
        ])
    ]
}
