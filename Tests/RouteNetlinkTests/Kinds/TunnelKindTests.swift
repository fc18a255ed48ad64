import Kernel
import Netlink
import RouteNetlink
import Testing

private let v4: (IPv4Address, [UInt8]) = (IPv4Address(rawValue: 0xc000_0201), [192, 0, 2, 1])
private let v6: (IPv6Address, [UInt8]) = (
    IPv6Address(high: 0x2001_0db8_0000_0000, low: 0x1234),
    [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12, 0x34]
)

/// The numbers and the byte orders are those of linux/if_tunnel.h and linux/if_link.h (Linux 6.1) and of the kernel's policies.
@Suite("Options of tunnels")
struct TunnelKindTests {
    private func gre<Kind: GREOptions>(_ kind: Kind.Type) throws {
        let probe = KindProbe(kind)
        try probe.property(\.underlyingLink, 0x0102, 1, [2, 1, 0, 0])
        try probe.property(\.inputFlags, [.checksum, .key], 2, [0xa0, 0])
        try probe.property(\.outputFlags, [.sequence, .key], 3, [0x30, 0])
        try probe.property(\.inputKey, 0x0a00_0001, 4, [10, 0, 0, 1])
        try probe.property(\.outputKey, 42, 5, [0, 0, 0, 42])
        try probe.property(\.timeToLive, 64, 8, [64])
        try probe.property(\.encapsulation, .gue, 14, [2, 0])
        try probe.property(\.encapsulationFlags, [.checksum, .remoteChecksum], 15, [5, 0])
        try probe.property(\.encapsulationSourcePort, 5555, 16, [0x15, 0xb3])
        try probe.property(\.encapsulationDestinationPort, 6666, 17, [0x1a, 0x0a])
        try probe.presence(\.collectsMetadata, 18)
        try probe.property(\.mark, 0x1234_5678, 20, [0x78, 0x56, 0x34, 0x12])
    }

    private func greOverIPv4<Kind: IPv4GREOptions>(_ kind: Kind.Type) throws {
        try gre(kind)
        let probe = KindProbe(kind)
        try probe.property(\.local, v4.0, 6, v4.1)
        try probe.property(\.remote, v4.0, 7, v4.1)
        try probe.property(\.typeOfService, 0xb8, 9, [0xb8])
        try probe.property(\.discoversPathMTU, false, 10, [0])
        try probe.property(\.ignoresDontFragment, true, 19, [1])
    }

    private func greOverIPv6<Kind: IPv6GREOptions>(_ kind: Kind.Type) throws {
        try gre(kind)
        let probe = KindProbe(kind)
        try probe.property(\.local, v6.0, 6, v6.1)
        try probe.property(\.remote, v6.0, 7, v6.1)
        try probe.property(\.encapsulationLimit, 4, 11, [4])
        try probe.property(
            \.flowInformation, IPv6FlowInformation(trafficClass: 0xab, flowLabel: 0xcdef1), 12,
            [0x0a, 0xbc, 0xde, 0xf1])
        try probe.property(
            \.flags, [.noEncapsulationLimit, .copyDSCP, .allowLocalRemote], 13, [0x51, 0, 0, 0])
    }

    private func erspan<Kind: ERSPANOptions>(_ kind: Kind.Type) throws {
        let probe = KindProbe(kind)
        try probe.property(\.portIndex, 0xfffff, 21, [0xff, 0xff, 0x0f, 0])
        try probe.property(\.version, 2, 22, [2])
        try probe.property(\.direction, .egress, 23, [1])
        try probe.property(\.hardwareIdentifier, 0x2a, 24, [0x2a, 0])
    }

    @Test("GRE's options are the attributes of linux/if_tunnel.h, in all six kinds")
    func allGRE() throws {
        #expect([GRE.kind, GRETap.kind, ERSPAN.kind] == ["gre", "gretap", "erspan"])
        #expect([IPv6GRE.kind, IPv6GRETap.kind, IPv6ERSPAN.kind] == ["ip6gre", "ip6gretap", "ip6erspan"])
        try greOverIPv4(GRE.self)
        try greOverIPv4(GRETap.self)
        try greOverIPv4(ERSPAN.self)
        try erspan(ERSPAN.self)
        try greOverIPv6(IPv6GRE.self)
        try greOverIPv6(IPv6GRETap.self)
        try greOverIPv6(IPv6ERSPAN.self)
        try erspan(IPv6ERSPAN.self)
    }

    private func tunnel<Kind: IPTunnelOptions>(_ kind: Kind.Type) throws {
        let probe = KindProbe(kind)
        try probe.property(\.underlyingLink, 7, 1, [7, 0, 0, 0])
        try probe.property(\.timeToLive, 255, 4, [255])
        try probe.property(\.protocolInside, .mpls, 9, [137])
        try probe.property(\.encapsulation, .fou, 15, [1, 0])
        try probe.property(\.encapsulationFlags, .checksum6, 16, [2, 0])
        try probe.property(\.encapsulationSourcePort, 1, 17, [0, 1])
        try probe.property(\.encapsulationDestinationPort, 0x1234, 18, [0x12, 0x34])
        try probe.presence(\.collectsMetadata, 19)
        try probe.property(\.mark, 9, 20, [9, 0, 0, 0])
    }

    private func tunnelOverIPv4<Kind: IPv4TunnelOptions>(_ kind: Kind.Type) throws {
        try tunnel(kind)
        let probe = KindProbe(kind)
        try probe.property(\.local, v4.0, 2, v4.1)
        try probe.property(\.remote, v4.0, 3, v4.1)
        try probe.property(\.typeOfService, 1, 5, [1])
        try probe.property(\.discoversPathMTU, true, 10, [1])
    }

    @Test("the options of ipip, sit and ip6tnl are the attributes of linux/if_tunnel.h")
    func ipTunnels() throws {
        #expect([IPIP.kind, SIT.kind, IPv6Tunnel.kind] == ["ipip", "sit", "ip6tnl"])
        try tunnelOverIPv4(IPIP.self)
        try tunnelOverIPv4(SIT.self)
        try tunnel(IPv6Tunnel.self)
        let six = KindProbe(IPv6Tunnel.self)
        try six.property(\.local, v6.0, 2, v6.1)
        try six.property(\.remote, v6.0, 3, v6.1)
        try six.property(\.encapsulationLimit, 0, 6, [0])
        try six.property(
            \.flowInformation, IPv6FlowInformation(trafficClass: 1, flowLabel: 0x2_0000), 7, [0, 0x12, 0, 0])
        try six.property(\.flags, [.inheritTrafficClass, .inheritFlowLabel, .inheritMark], 8, [0x26, 0, 0, 0])
    }

    @Test("sit's 6rd prefixes are an address and a length each, and ISATAP is one bit among others")
    func sit() throws {
        let probe = KindProbe(SIT.self)
        let prefix = attribute(11, v6.1) + attribute(13, [32, 0])
        try probe.writes({ $0.sixRDPrefix = IPPrefix(.v6(v6.0), length: 32) }, prefix)
        try probe.reads({ $0.sixRDPrefix }, IPPrefix(.v6(v6.0), length: 32), prefix)
        let relay = attribute(12, v4.1) + attribute(14, [8, 0])
        try probe.writes({ $0.sixRDRelayPrefix = IPPrefix(.v4(v4.0), length: 8) }, relay)
        try probe.reads({ $0.sixRDRelayPrefix }, IPPrefix(.v4(v4.0), length: 8), relay)
        for length: [UInt8] in [[33, 0], [0, 1], [255, 255]] {
            let odd = try SIT(attributes: AttributeSet(attribute(12, v4.1) + attribute(14, length)))
            #expect(odd.sixRDRelayPrefix == nil)
        }
        var sit = try SIT(attributes: AttributeSet(attribute(8, [0, 0x80])))
        #expect(sit.isISATAP == false)
        sit.isISATAP = true
        #expect(sit.attributes.bytes == attribute(8, [1, 0x80]))
        sit.isISATAP = false
        #expect(sit.attributes.bytes == attribute(8, [0, 0x80]))
        sit.isISATAP = nil
        #expect(sit.attributes.isEmpty && sit.isISATAP == nil)
    }

    @Test("the options of vti, vti6 and xfrm are the attributes of the headers")
    func ipsec() throws {
        #expect([VTI.kind, VTI6.kind, XFRMInterface.kind] == ["vti", "vti6", "xfrm"])
        func both<Kind: VTIOptions>(_ kind: Kind.Type) throws {
            let probe = KindProbe(kind)
            try probe.property(\.underlyingLink, 3, 1, [3, 0, 0, 0])
            try probe.property(\.inputKey, 0x0102_0304, 2, [1, 2, 3, 4])
            try probe.property(\.outputKey, 5, 3, [0, 0, 0, 5])
            try probe.property(\.mark, 0x20, 6, [0x20, 0, 0, 0])
        }
        try both(VTI.self)
        try both(VTI6.self)
        try KindProbe(VTI.self).property(\.local, v4.0, 4, v4.1)
        try KindProbe(VTI.self).property(\.remote, v4.0, 5, v4.1)
        try KindProbe(VTI6.self).property(\.local, v6.0, 4, v6.1)
        try KindProbe(VTI6.self).property(\.remote, v6.0, 5, v6.1)
        let xfrm = KindProbe(XFRMInterface.self)
        try xfrm.property(\.underlyingLink, 2, 1, [2, 0, 0, 0])
        try xfrm.property(\.id, 0xdead_beef, 2, [0xef, 0xbe, 0xad, 0xde])
        try xfrm.presence(\.collectsMetadata, 3)
    }

    @Test("geneve's options are the attributes of linux/if_link.h")
    func geneve() throws {
        #expect(Geneve.kind == "geneve")
        let probe = KindProbe(Geneve.self)
        try probe.property(\.id, 0xffffff, 1, [0xff, 0xff, 0xff, 0])
        try probe.property(\.remote, .v4(v4.0), 2, v4.1)
        try probe.property(\.remote, .v6(v6.0), 7, v6.1)
        try probe.property(\.timeToLive, 3, 3, [3])
        try probe.property(\.typeOfService, 4, 4, [4])
        try probe.property(\.port, 6081, 5, [0x17, 0xc1])
        try probe.presence(\.collectsMetadata, 6)
        try probe.property(\.sendsChecksums, true, 8, [1])
        try probe.property(\.omitsIPv6Checksums, true, 9, [1])
        try probe.property(\.acceptsMissingIPv6Checksums, false, 10, [0])
        try probe.property(\.flowLabel, 0xabcde, 11, [0, 0x0a, 0xbc, 0xde])
        try probe.property(\.inheritsTimeToLive, true, 12, [1])
        try probe.property(\.dontFragment, .inherit, 13, [2])
        try probe.presence(\.inheritsInnerProtocol, 14)
        try probe.property(\.sourcePorts, 0x0102...0xfffe, 15, [1, 2, 0xff, 0xfe])
        try probe.presence(\.sendsMergeHints, 16)
        let backwards = try Geneve(attributes: AttributeSet(attribute(15, [2, 0, 1, 0])))
        #expect(backwards.sourcePorts == nil)
        var geneve = Geneve()
        geneve.remote = .v6(v6.0)
        geneve.remote = .v4(v4.0)
        #expect(geneve.attributes.types == [2])
    }

    @Test("the options of bareudp and gtp are the attributes of linux/if_link.h")
    func overUDP() throws {
        #expect([BareUDP.kind, GTP.kind] == ["bareudp", "gtp"])
        let bare = KindProbe(BareUDP.self)
        try bare.property(\.port, 6635, 1, [0x19, 0xeb])
        try bare.property(\.etherType, 0x8847, 2, [0x88, 0x47])
        try bare.property(\.minimumSourcePort, 0x1234, 3, [0x34, 0x12])
        try bare.presence(\.isMultiProtocol, 4)
        let gtp = KindProbe(GTP.self)
        try gtp.property(\.socketVersion0, 5, 1, [5, 0, 0, 0])
        try gtp.property(\.socketVersion1, 6, 2, [6, 0, 0, 0])
        try gtp.property(\.hashSize, 1024, 3, [0, 4, 0, 0])
        try gtp.property(\.role, .sgsn, 4, [1, 0, 0, 0])
        try gtp.property(\.createsSockets, true, 5, [1])
        try gtp.property(\.restartCount, 9, 6, [9])
        try gtp.property(\.local, v4.0, 7, v4.1)
        try gtp.property(\.local6, v6.0, 8, v6.1)
    }
}
