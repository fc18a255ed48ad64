import Driver
import Netlink
import RouteNetlink

/// The first byte chooses the kind of a link, the rest are its options, taken as a link's message has them; each typed option is
/// read, of the link as of its port, and set options are read again.
@main
enum Kinds {
    static let kinds = [
        "bond", "bridge", "vlan", "vxlan", "vrf", "veth", "dummy", "macvlan", "macvtap", "ipvlan", "gre", "gretap",
        "ip6gre",
        "ip6gretap", "erspan", "ip6erspan", "ipip", "ip6tnl", "sit", "vti", "vti6", "geneve", "macsec", "tun", "netkit",
        "hsr",
        "bareudp", "gtp", "xfrm", "can", "rmnet", "wireguard", "nosuch",
    ]

    static func main() {
        fuzz { start, count in
            let bytes = bytes(start, count)
            guard let first = bytes.first else { return 0 }
            let body = Array(bytes.dropFirst())
            var request = NetlinkRequest("fuzz", type: 16)
            request.body.append(bytes: [UInt8](repeating: 0, count: 16))
            request.body.nest(18) { information in
                for (kind, data) in [(1, 2), (4, 5)] {
                    information.attribute(kind, text: Kinds.kinds[Int(first) % Kinds.kinds.count])
                    information.attribute(data, bytes: body)
                }
            }
            // Device properties, virtual functions, families: the same bytes at the message's own level.
            request.body.append(bytes: body)
            guard let datagram = try? request.encoded(sequence: 1, port: 1) else { return 0 }
            let span = datagram.span.bytes
            var cursor = MessageCursor()
            guard let message = try? cursor.next(span), let link = try? Link(message, in: span) else { return 0 }
            Kinds.touch(link)
            Kinds.touch(link.options)
            Kinds.touch(link.portOptions)
            return 0
        }
    }

    private static func touch(_ link: Link) {
        _ = (link.alternativeNames, link.permanentHardwareAddress, link.alias, link.deviceMap, link.version4Settings)
        _ = (link.version6?.settings, link.version6?.statistics, link.version6?.token, link.xdp, link.virtualFunctions)
        _ = (link.statistics, link.protocolDownReasons, link.physicalPort, link.parentDevice, link.encoded)
    }

    /// The lists and the structures; integers are all read by one call.
    private static func touch(_ options: (any LinkKind)?) {
        guard let options else { return }
        _ = (options.attributes.types, "\(options)")
        switch options {
        case let bond as Bond: _ = (bond.arpTargets, bond.solicitationTargets)
        case let vlan as VLAN: _ = (vlan.ingressPriorities, vlan.egressPriorities)
        case let macvlan as Macvlan: _ = macvlan.sourceAddresses
        case let can as CAN: _ = (can.terminationChoicesInOhms, can.bitRateChoices, can.dataBitRateChoices)
        default: break
        }
        var copy = options
        copy.attributes[1, as: UInt32.self] = 7
        guard copy.attributes[1, as: UInt32.self] == 7 else { fatalError("what was set is not read") }
    }
}
