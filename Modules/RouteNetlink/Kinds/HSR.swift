internal import CKernel
public import Kernel
public import Netlink

/// Two links that carry every frame twice: HSR or PRP, IEC 62439-3 (IFLA_HSR_*, linux/if_link.h).
public struct HSR: LinkKind {
    public static let kind = "hsr"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_HSR_SLAVE1: the index of the first port.
    public var firstPort: Int32? {
        get { attributes[IFLA_HSR_SLAVE1] }
        set { attributes[IFLA_HSR_SLAVE1] = newValue }
    }

    /// IFLA_HSR_SLAVE2: the index of the second port.
    public var secondPort: Int32? {
        get { attributes[IFLA_HSR_SLAVE2] }
        set { attributes[IFLA_HSR_SLAVE2] = newValue }
    }

    /// IFLA_HSR_INTERLINK (Linux 6.10): the index of the port to nodes that know nothing of HSR.
    public var interlink: Int32? {
        get { attributes[IFLA_HSR_INTERLINK] }
        set { attributes[IFLA_HSR_INTERLINK] = newValue }
    }

    /// IFLA_HSR_MULTICAST_SPEC: the last byte of the supervision frames' address, in a request.
    public var supervisionByte: UInt8? {
        get { attributes[IFLA_HSR_MULTICAST_SPEC] }
        set { attributes[IFLA_HSR_MULTICAST_SPEC] = newValue }
    }

    /// IFLA_HSR_SUPERVISION_ADDR: the supervision frames' address, as the kernel tells it.
    public var supervisionAddress: MACAddress? {
        get { attributes[mac: IFLA_HSR_SUPERVISION_ADDR] }
        set { attributes[mac: IFLA_HSR_SUPERVISION_ADDR] = newValue }
    }

    /// IFLA_HSR_SEQ_NR: of the next frame, as the kernel tells it.
    public var sequenceNumber: UInt16? {
        get { attributes[IFLA_HSR_SEQ_NR] }
        set { attributes[IFLA_HSR_SEQ_NR] = newValue }
    }

    /// IFLA_HSR_VERSION: of HSR, 0 (2010) or 1 (2012); a request's.
    public var version: UInt8? {
        get { attributes[IFLA_HSR_VERSION] }
        set { attributes[IFLA_HSR_VERSION] = newValue }
    }

    /// IFLA_HSR_PROTOCOL.
    public var redundancyProtocol: HSRProtocol? {
        get { attributes[raw: IFLA_HSR_PROTOCOL] }
        set { attributes[raw: IFLA_HSR_PROTOCOL] = newValue }
    }
}

/// HSR_PROTOCOL_*.
public struct HSRProtocol: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// High-availability seamless redundancy: a ring.
    public static let hsr = HSRProtocol(rawValue: UInt8(HSR_PROTOCOL_HSR))
    /// Parallel redundancy protocol: two networks.
    public static let prp = HSRProtocol(rawValue: UInt8(HSR_PROTOCOL_PRP))
}
