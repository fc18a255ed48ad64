internal import CKernel
internal import RouteNetlink

/// The words that `ip` has for a link's flags and types.
extension Link {
    /// IFF_* in `ip`'s order; NO-CARRIER first, for a link that is up and not running, and M-DOWN last, where the link below is down.
    func flagWords(_ links: LinkDirectory) -> [String] {
        var words = flags.contains(.up) && !flags.contains(.running) ? ["NO-CARRIER"] : []
        var left = flags.subtracting(.running)
        for (flag, word) in Self.flagTable where left.contains(flag) {
            words.append(word)
            left.subtract(flag)
        }
        if !left.isEmpty { words.append(String(left.rawValue, radix: 16)) }
        if let lower = lowerLink, lower != 0, lowerLinkNamespace == nil, links.links[lower]?.isUp == false {
            words.append("M-DOWN")
        }
        return words
    }

    private static let flagTable: [(LinkFlags, String)] = [
        (.loopback, "LOOPBACK"), (.broadcast, "BROADCAST"), (.pointToPoint, "POINTOPOINT"), (.multicast, "MULTICAST"),
        (.noARP, "NOARP"), (.allMulticast, "ALLMULTI"), (.promiscuous, "PROMISC"), (.master, "MASTER"),
        (.slave, "SLAVE"), (.debug, "DEBUG"), (.dynamic, "DYNAMIC"), (.autoMedia, "AUTOMEDIA"),
        (.portSelection, "PORTSEL"), (.noTrailers, "NOTRAILERS"), (.up, "UP"), (.lowerUp, "LOWER_UP"),
        (.dormant, "DORMANT"), (.echo, "ECHO"),
    ]

    /// ARPHRD_* as `ip` calls it; a number in brackets where it has no name.
    var typeWord: String { Self.typeTable[Int32(type.rawValue)] ?? "[\(type.rawValue)]" }

    private static let typeTable: [Int32: String] = [
        ARPHRD_NETROM: "netrom", ARPHRD_ETHER: "ether", ARPHRD_EETHER: "eether", ARPHRD_AX25: "ax25",
        ARPHRD_PRONET: "pronet", ARPHRD_CHAOS: "chaos", ARPHRD_IEEE802: "ieee802", ARPHRD_ARCNET: "arcnet",
        ARPHRD_APPLETLK: "atalk", ARPHRD_DLCI: "dlci", ARPHRD_ATM: "atm", ARPHRD_METRICOM: "metricom",
        ARPHRD_IEEE1394: "ieee1394", ARPHRD_INFINIBAND: "infiniband", ARPHRD_SLIP: "slip", ARPHRD_CSLIP: "cslip",
        ARPHRD_SLIP6: "slip6", ARPHRD_CSLIP6: "cslip6", ARPHRD_RSRVD: "rsrvd", ARPHRD_ADAPT: "adapt",
        ARPHRD_ROSE: "rose", ARPHRD_X25: "x25", ARPHRD_HWX25: "hwx25", ARPHRD_CAN: "can", ARPHRD_PPP: "ppp",
        ARPHRD_HDLC: "hdlc", ARPHRD_LAPB: "lapb", ARPHRD_DDCMP: "ddcmp", ARPHRD_RAWHDLC: "rawhdlc",
        ARPHRD_TUNNEL: "ipip", ARPHRD_TUNNEL6: "tunnel6", ARPHRD_FRAD: "frad", ARPHRD_SKIP: "skip",
        ARPHRD_LOOPBACK: "loopback", ARPHRD_LOCALTLK: "ltalk", ARPHRD_FDDI: "fddi", ARPHRD_BIF: "bif",
        ARPHRD_SIT: "sit", ARPHRD_IPDDP: "ip/ddp", ARPHRD_IPGRE: "gre", ARPHRD_PIMREG: "pimreg",
        ARPHRD_HIPPI: "hippi", ARPHRD_ASH: "ash", ARPHRD_ECONET: "econet", ARPHRD_IRDA: "irda", ARPHRD_FCPP: "fcpp",
        ARPHRD_FCAL: "fcal", ARPHRD_FCPL: "fcpl", ARPHRD_IEEE80211: "ieee802.11",
        ARPHRD_IEEE80211_PRISM: "ieee802.11/prism", ARPHRD_IEEE80211_RADIOTAP: "ieee802.11/radiotap",
        ARPHRD_IEEE802154: "ieee802.15.4", ARPHRD_IEEE802154_MONITOR: "ieee802.15.4/monitor",
        ARPHRD_PHONET: "phonet", ARPHRD_PHONET_PIPE: "phonet_pipe", ARPHRD_CAIF: "caif", ARPHRD_IP6GRE: "gre6",
        ARPHRD_NETLINK: "netlink", ARPHRD_6LOWPAN: "6lowpan", ARPHRD_NONE: "none", ARPHRD_VOID: "void",
    ]
}
