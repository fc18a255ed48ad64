import Kernel
import Netlink
import RouteNetlink
import TestSupport
import Testing

/// The numbers and the byte orders are those of linux/if_link.h (Linux 6.1), linux/can/netlink.h and of the kernel's policies.
@Suite("Options of kinds on other links")
struct LinkKindTests {
    private func macvlan<Kind: MacvlanOptions>(_ kind: Kind.Type) throws {
        let probe = KindProbe(kind)
        let modes: [(MacvlanMode, UInt8)] = [
            (.private, 1), (.vepa, 2), (.bridge, 4), (.passthrough, 8), (.source, 16), (MacvlanMode(rawValue: 32), 32),
        ]
        for (mode, number) in modes { try probe.property(\.mode, mode, 1, [number, 0, 0, 0]) }
        try probe.property(\.flags, [.notPromiscuous, .sourceOnly], 2, [3, 0])
        try probe.property(\.sourceAddressOperation, .set, 3, [3, 0, 0, 0])
        try probe.property(\.sourceAddress, MACAddress(rawValue: 0x0200_0000_00ff), 4, [2, 0, 0, 0, 0, 255])
        try probe.property(\.sourceAddressCount, 2, 6, [2, 0, 0, 0])
        try probe.property(\.broadcastQueueLength, 0x1388, 7, [0x88, 0x13, 0, 0])
        try probe.property(\.broadcastQueueLengthInUse, 1000, 8, [0xe8, 3, 0, 0])
        try probe.property(\.broadcastCutoff, -1, 9, [255, 255, 255, 255])
        let addresses = [MACAddress(rawValue: 0x0200_0000_0001), MACAddress(rawValue: 0x0200_0000_0002)]
        let list = attribute(4, [2, 0, 0, 0, 0, 1]) + attribute(4, [2, 0, 0, 0, 0, 2])
        try probe.property(\.sourceAddresses, addresses, 5, list, nested: true)
        let odd = attribute(4, [2, 0, 0, 0, 0]) + attribute(9, [2, 0, 0, 0, 0, 2]) + attribute(4, [2, 0, 0, 0, 0, 2])
        try probe.reads({ $0.sourceAddresses }, [addresses[1]], attribute(5, odd))
        // The last address' length says more than there is.
        var broken = try Kind(attributes: AttributeSet(attribute(5, [255, 0, 4, 0, 2, 0, 0, 0, 0, 1, 0, 0])))
        #expect(broken.sourceAddresses == nil)
        broken.sourceAddresses = []
        #expect(broken.attributes.bytes == [4, 0, 5, 0x80] && broken.sourceAddresses == [])
    }

    @Test("the options of macvlan and macvtap are the attributes of linux/if_link.h, unknown modes too")
    func allMacvlan() throws {
        #expect([Macvlan.kind, Macvtap.kind] == ["macvlan", "macvtap"])
        try macvlan(Macvlan.self)
        try macvlan(Macvtap.self)
    }

    @Test("the options of ipvlan and ipvtap are the attributes of linux/if_link.h")
    func allIPvlan() throws {
        #expect([IPvlan.kind, IPvtap.kind] == ["ipvlan", "ipvtap"])
        func both<Kind: IPvlanOptions>(_ kind: Kind.Type) throws {
            let probe = KindProbe(kind)
            for (mode, number) in [(IPvlanMode.l2, 0), (.l3, 1), (.l3s, 2)] as [(IPvlanMode, UInt8)] {
                try probe.property(\.mode, mode, 1, [number, 0])
            }
            try probe.property(\.flags, .private, 2, [1, 0])
            try probe.property(\.flags, .vepa, 2, [2, 0])
            try probe.property(\.flags, [], 2, [0, 0])
        }
        try both(IPvlan.self)
        try both(IPvtap.self)
    }

    @Test("macsec's identifier and port are in network order, its cipher suite in the machine's")
    func macsec() throws {
        #expect(MACsec.kind == "macsec")
        let probe = KindProbe(MACsec.self)
        try probe.property(
            \.secureChannelIdentifier, 0x5254_0012_3456_0001, 1, [0x52, 0x54, 0, 0x12, 0x34, 0x56, 0, 1])
        try probe.property(\.port, 0x1234, 2, [0x12, 0x34])
        try probe.property(\.integrityCheckLengthInBytes, 16, 3, [16])
        try probe.property(\.cipherSuite, .default, 4, [1, 0, 0, 1, 0, 2, 0x80, 0])
        try probe.property(\.cipherSuite, .gcmAES256, 4, [2, 0, 0, 1, 0, 0xc2, 0x80, 0])
        try probe.property(\.cipherSuite, .gcmAESXPN128, 4, [3, 0, 0, 1, 0, 0xc2, 0x80, 0])
        try probe.property(\.replayWindow, 32, 5, [32, 0, 0, 0])
        try probe.property(\.encodingAssociation, 3, 6, [3])
        try probe.property(\.encrypts, true, 7, [1])
        try probe.property(\.protects, true, 8, [1])
        try probe.property(\.sendsIdentifier, true, 9, [1])
        try probe.property(\.isEndStation, true, 10, [1])
        try probe.property(\.isSingleCopyBroadcast, false, 11, [0])
        try probe.property(\.protectsFromReplay, true, 12, [1])
        for (value, number) in [(MACsecValidation.disabled, 0), (.check, 1), (.strict, 2)]
            as [(MACsecValidation, UInt8)]
        {
            try probe.property(\.validation, value, 13, [number])
        }
        for (value, number) in [(MACsecOffload.off, 0), (.phy, 1), (.mac, 2)] as [(MACsecOffload, UInt8)] {
            try probe.property(\.offload, value, 15, [number])
        }
    }

    @Test("the options of tun and hsr are the attributes of linux/if_link.h")
    func tunAndHSR() throws {
        #expect([TUN.kind, HSR.kind] == ["tun", "hsr"])
        let tun = KindProbe(TUN.self)
        try tun.property(\.owner, 1000, 1, [0xe8, 3, 0, 0])
        try tun.property(\.group, 0x10000, 2, [0, 0, 1, 0])
        try tun.property(\.type, .tun, 3, [1])
        try tun.property(\.type, .tap, 3, [2])
        try tun.property(\.hasPacketInformation, false, 4, [0])
        try tun.property(\.hasVirtioHeader, true, 5, [1])
        try tun.property(\.isPersistent, true, 6, [1])
        try tun.property(\.hasMultipleQueues, true, 7, [1])
        try tun.property(\.queueCount, 4, 8, [4, 0, 0, 0])
        try tun.property(\.disabledQueueCount, 1, 9, [1, 0, 0, 0])
        let hsr = KindProbe(HSR.self)
        try hsr.property(\.firstPort, 4, 1, [4, 0, 0, 0])
        try hsr.property(\.secondPort, 5, 2, [5, 0, 0, 0])
        try hsr.property(\.supervisionByte, 45, 3, [45])
        try hsr.property(\.supervisionAddress, MACAddress(rawValue: 0x0115_4e00_012d), 4, [1, 0x15, 0x4e, 0, 1, 0x2d])
        try hsr.property(\.sequenceNumber, 0xfbff, 5, [0xff, 0xfb])
        try hsr.property(\.version, 1, 6, [1])
        try hsr.property(\.redundancyProtocol, .prp, 7, [1])
        try hsr.property(\.interlink, 6, 8, [6, 0, 0, 0])
    }

    @Test("netkit's options have the layout of Linux 6.7 and later, the peer's attributes behind a struct ifinfomsg")
    func netkit() throws {
        #expect(Netkit.kind == "netkit")
        let probe = KindProbe(Netkit.self)
        try probe.property(\.isPrimary, true, 2, [1])
        try probe.property(\.policy, .drop, 3, [2, 0, 0, 0])
        try probe.property(\.peerPolicy, .pass, 4, [0, 0, 0, 0])
        try probe.property(\.mode, .l3, 5, [1, 0, 0, 0])
        try probe.property(\.scrub, NetkitScrub.none, 6, [0, 0, 0, 0])
        try probe.property(\.peerScrub, .default, 7, [1, 0, 0, 0])
        try probe.property(\.headroomInBytes, 0x0102, 8, [2, 1])
        try probe.property(\.tailroomInBytes, 4, 9, [4, 0])
        var name = AttributeSet()
        name[text: 3] = "nk1"
        let zero = [UInt8](repeating: 0, count: 16)
        try probe.writes({ $0.peer = name }, attribute(1, zero + attribute(3, Array("nk1".utf8) + [0])))
        // What the kernel's interface index in the header says stays when the attributes are set anew.
        let header: [UInt8] = [0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        var netkit = try Netkit(attributes: AttributeSet(attribute(1, header)))
        #expect(netkit.peer == AttributeSet())
        netkit.peer = name
        #expect(netkit.attributes.bytes == attribute(1, header + name.bytes) && netkit.peer == name)
        for count in 0..<16 {
            #expect(try Netkit(attributes: AttributeSet(attribute(1, Array(header.prefix(count))))).peer == nil)
        }
        #expect(try Netkit(attributes: AttributeSet(attribute(1, header + [255, 0, 3, 0]))).peer == nil)
    }

    @Test("rmnet's flags are a struct of flags and of which of them change")
    func rmnet() throws {
        #expect(RMNet.kind == "rmnet")
        let probe = KindProbe(RMNet.self)
        try probe.property(\.channel, 254, 1, [254, 0])
        try probe.property(
            \.flags, [.ingressDeaggregation, .egressChecksumV5], 2, [0x21, 0, 0, 0, 255, 255, 255, 255])
        var rmnet = RMNet()
        rmnet.change([.ingressCommands, .ingressChecksumV4], to: true)
        rmnet.change(.ingressCommands, to: false)
        #expect(rmnet.attributes.bytes == attribute(2, [4, 0, 0, 0, 6, 0, 0, 0]))
        #expect(rmnet.flags == .ingressChecksumV4 && rmnet.changedFlags == [.ingressCommands, .ingressChecksumV4])
    }

    @Test("kinds without options keep attributes that a newer kernel sends")
    func plain() throws {
        func kept<Kind: LinkKind>(_ kind: Kind.Type, _ name: String) throws {
            #expect(Kind.kind == name && Kind().attributes.isEmpty)
            let bytes = attribute(1, [1, 2, 3])
            #expect(try Kind(attributes: AttributeSet(bytes)).attributes.bytes == bytes)
        }
        try kept(WireGuardLink.self, "wireguard")
        try kept(VirtualCAN.self, "vcan")
        try kept(IntermediateFunctionalBlock.self, "ifb")
        try kept(NetlinkMonitorLink.self, "nlmon")
        try kept(Team.self, "team")
    }
}
