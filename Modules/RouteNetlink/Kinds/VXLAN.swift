internal import CKernel
public import Kernel
public import Netlink

/// Ethernet over UDP (RFC 7348; IFLA_VXLAN_*, linux/if_link.h).
public struct VXLAN: LinkKind {
    public static let kind = "vxlan"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_VXLAN_ID: the network, 0…16777215; not with ``isExternal``.
    public var id: UInt32? {
        get { attributes[IFLA_VXLAN_ID] }
        set { attributes[IFLA_VXLAN_ID] = newValue }
    }

    /// IFLA_VXLAN_LINK: the index of the link that the packets go out on.
    public var lowerLink: Int32? {
        get { attributes[IFLA_VXLAN_LINK] }
        set { attributes[IFLA_VXLAN_LINK] = newValue }
    }

    /// IFLA_VXLAN_TTL: of the outer packet; 0 is the kernel's default.
    public var timeToLive: UInt8? {
        get { attributes[IFLA_VXLAN_TTL] }
        set { attributes[IFLA_VXLAN_TTL] = newValue }
    }

    /// IFLA_VXLAN_TTL_INHERIT: whether it is the inner packet's.
    public var inheritsTimeToLive: Bool? {
        get { attributes[flag: IFLA_VXLAN_TTL_INHERIT] }
        set { attributes[flag: IFLA_VXLAN_TTL_INHERIT] = newValue }
    }

    /// IFLA_VXLAN_TOS: of the outer packet; 1 is the inner packet's.
    public var typeOfService: UInt8? {
        get { attributes[IFLA_VXLAN_TOS] }
        set { attributes[IFLA_VXLAN_TOS] = newValue }
    }

    /// IFLA_VXLAN_DF: the outer packet's: 0 unset, 1 set, 2 the inner packet's.
    public var dontFragment: UInt8? {
        get { attributes[IFLA_VXLAN_DF] }
        set { attributes[IFLA_VXLAN_DF] = newValue }
    }

    /// IFLA_VXLAN_LABEL: of an outer IPv6 packet, 20 bits.
    public var flowLabel: UInt32? {
        get { attributes[bigEndian: IFLA_VXLAN_LABEL] }
        set { attributes[bigEndian: IFLA_VXLAN_LABEL] = newValue }
    }

    /// IFLA_VXLAN_LEARNING: whether senders go into the forwarding database.
    public var learns: Bool? {
        get { attributes[flag: IFLA_VXLAN_LEARNING] }
        set { attributes[flag: IFLA_VXLAN_LEARNING] = newValue }
    }

    /// IFLA_VXLAN_AGEING: how long they stay there, in seconds; zero is for ever.
    public var ageing: Duration? {
        get { attributes[seconds: IFLA_VXLAN_AGEING] }
        set { attributes[seconds: IFLA_VXLAN_AGEING] = newValue }
    }

    /// IFLA_VXLAN_LIMIT: how many may; 0 is no limit.
    public var mostAddresses: UInt32? {
        get { attributes[IFLA_VXLAN_LIMIT] }
        set { attributes[IFLA_VXLAN_LIMIT] = newValue }
    }

    /// IFLA_VXLAN_PORT: the kernel's default is 8472, IANA's number 4789.
    public var destinationPort: UInt16? {
        get { attributes[bigEndian: IFLA_VXLAN_PORT] }
        set { attributes[bigEndian: IFLA_VXLAN_PORT] = newValue }
    }

    /// IFLA_VXLAN_PROXY.
    public var answersARP: Bool? {
        get { attributes[flag: IFLA_VXLAN_PROXY] }
        set { attributes[flag: IFLA_VXLAN_PROXY] = newValue }
    }

    /// IFLA_VXLAN_RSC.
    public var shortCircuitsRoutes: Bool? {
        get { attributes[flag: IFLA_VXLAN_RSC] }
        set { attributes[flag: IFLA_VXLAN_RSC] = newValue }
    }

    /// IFLA_VXLAN_L2MISS.
    public var tellsLayer2Misses: Bool? {
        get { attributes[flag: IFLA_VXLAN_L2MISS] }
        set { attributes[flag: IFLA_VXLAN_L2MISS] = newValue }
    }

    /// IFLA_VXLAN_L3MISS.
    public var tellsLayer3Misses: Bool? {
        get { attributes[flag: IFLA_VXLAN_L3MISS] }
        set { attributes[flag: IFLA_VXLAN_L3MISS] = newValue }
    }

    /// IFLA_VXLAN_UDP_CSUM: of UDP over IPv4.
    public var checksums: Bool? {
        get { attributes[flag: IFLA_VXLAN_UDP_CSUM] }
        set { attributes[flag: IFLA_VXLAN_UDP_CSUM] = newValue }
    }

    /// IFLA_VXLAN_UDP_ZERO_CSUM6_TX: over IPv6.
    public var sendsZeroChecksums6: Bool? {
        get { attributes[flag: IFLA_VXLAN_UDP_ZERO_CSUM6_TX] }
        set { attributes[flag: IFLA_VXLAN_UDP_ZERO_CSUM6_TX] = newValue }
    }

    /// IFLA_VXLAN_UDP_ZERO_CSUM6_RX: over IPv6.
    public var takesZeroChecksums6: Bool? {
        get { attributes[flag: IFLA_VXLAN_UDP_ZERO_CSUM6_RX] }
        set { attributes[flag: IFLA_VXLAN_UDP_ZERO_CSUM6_RX] = newValue }
    }

    /// IFLA_VXLAN_REMCSUM_TX.
    public var sendsRemoteChecksums: Bool? {
        get { attributes[flag: IFLA_VXLAN_REMCSUM_TX] }
        set { attributes[flag: IFLA_VXLAN_REMCSUM_TX] = newValue }
    }

    /// IFLA_VXLAN_REMCSUM_RX.
    public var takesRemoteChecksums: Bool? {
        get { attributes[flag: IFLA_VXLAN_REMCSUM_RX] }
        set { attributes[flag: IFLA_VXLAN_REMCSUM_RX] = newValue }
    }

    /// IFLA_VXLAN_GBP.
    public var hasGroupPolicy: Bool {
        get { attributes[presence: IFLA_VXLAN_GBP] }
        set { attributes[presence: IFLA_VXLAN_GBP] = newValue }
    }

    /// IFLA_VXLAN_GPE.
    public var hasProtocolExtension: Bool {
        get { attributes[presence: IFLA_VXLAN_GPE] }
        set { attributes[presence: IFLA_VXLAN_GPE] = newValue }
    }

    /// IFLA_VXLAN_REMCSUM_NOPARTIAL.
    public var hasNoPartialChecksums: Bool {
        get { attributes[presence: IFLA_VXLAN_REMCSUM_NOPARTIAL] }
        set { attributes[presence: IFLA_VXLAN_REMCSUM_NOPARTIAL] = newValue }
    }

    /// IFLA_VXLAN_COLLECT_METADATA: whether routes and filters say where a packet goes.
    public var isExternal: Bool? {
        get { attributes[flag: IFLA_VXLAN_COLLECT_METADATA] }
        set { attributes[flag: IFLA_VXLAN_COLLECT_METADATA] = newValue }
    }

    /// IFLA_VXLAN_VNIFILTER: whether an external one takes only the networks that it was given.
    public var filtersNetworks: Bool? {
        get { attributes[flag: IFLA_VXLAN_VNIFILTER] }
        set { attributes[flag: IFLA_VXLAN_VNIFILTER] = newValue }
    }

    /// IFLA_VXLAN_LOCALBYPASS: whether packets to this host skip the UDP socket (Linux 6.5).
    public var bypassesLocally: Bool? {
        get { attributes[flag: IFLA_VXLAN_LOCALBYPASS] }
        set { attributes[flag: IFLA_VXLAN_LOCALBYPASS] = newValue }
    }

    /// IFLA_VXLAN_GROUP or IFLA_VXLAN_GROUP6: the group, or the one other end.
    public var remote: IPAddress? {
        get { attributes[address: IFLA_VXLAN_GROUP] ?? attributes[address: IFLA_VXLAN_GROUP6] }
        set { set(newValue, IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6) }
    }

    /// IFLA_VXLAN_LOCAL or IFLA_VXLAN_LOCAL6: our own address in outer packets.
    public var local: IPAddress? {
        get { attributes[address: IFLA_VXLAN_LOCAL] ?? attributes[address: IFLA_VXLAN_LOCAL6] }
        set { set(newValue, IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6) }
    }

    private mutating func set(_ address: IPAddress?, _ four: some BinaryInteger, _ six: some BinaryInteger) {
        attributes.remove(four)
        attributes.remove(six)
        guard let address else { return }
        if address.isIPv4 { attributes[address: four] = address } else { attributes[address: six] = address }
    }

    /// IFLA_VXLAN_PORT_RANGE: the ports that packets are sent from, by a hash of what is inside; 0 and 0 are the kernel's own.
    public var sourcePorts: ClosedRange<UInt16>? {
        get {
            guard let range = attributes.header(IFLA_VXLAN_PORT_RANGE, ifla_vxlan_port_range()) else { return nil }
            let (low, high) = (UInt16(bigEndian: range.low), UInt16(bigEndian: range.high))
            return low <= high ? low...high : nil
        }
        set {
            attributes.remove(IFLA_VXLAN_PORT_RANGE)
            guard let newValue else { return }
            attributes.set(
                IFLA_VXLAN_PORT_RANGE,
                header: ifla_vxlan_port_range(low: newValue.lowerBound.bigEndian, high: newValue.upperBound.bigEndian))
        }
    }
}
