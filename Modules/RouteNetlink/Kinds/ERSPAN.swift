internal import CKernel
public import Netlink

/// What ERSPAN adds to GRE (IFLA_GRE_ERSPAN_*): mirrored frames over IP.
public protocol ERSPANOptions: GREOptions {}

/// ERSPAN over IPv4.
public struct ERSPAN: IPv4GREOptions, ERSPANOptions {
    public static let kind = "erspan"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}

/// ERSPAN over IPv6.
public struct IPv6ERSPAN: IPv6GREOptions, ERSPANOptions {
    public static let kind = "ip6erspan"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}

extension ERSPANOptions {
    /// IFLA_GRE_ERSPAN_VER: 0 (type I, Linux 5.8), 1 (type II) or 2 (type III).
    public var version: UInt8? {
        get { attributes[IFLA_GRE_ERSPAN_VER] }
        set { attributes[IFLA_GRE_ERSPAN_VER] = newValue }
    }

    /// IFLA_GRE_ERSPAN_INDEX: 20 bits, of version 1: the port and direction that was mirrored, as the sender numbers it.
    public var portIndex: UInt32? {
        get { attributes[IFLA_GRE_ERSPAN_INDEX] }
        set { attributes[IFLA_GRE_ERSPAN_INDEX] = newValue }
    }

    /// IFLA_GRE_ERSPAN_DIR: of version 2.
    public var direction: ERSPANDirection? {
        get { attributes[raw: IFLA_GRE_ERSPAN_DIR] }
        set { attributes[raw: IFLA_GRE_ERSPAN_DIR] = newValue }
    }

    /// IFLA_GRE_ERSPAN_HWID: 6 bits, of version 2: the engine that mirrored.
    public var hardwareIdentifier: UInt16? {
        get { attributes[IFLA_GRE_ERSPAN_HWID] }
        set { attributes[IFLA_GRE_ERSPAN_HWID] = newValue }
    }
}

/// The direction of the mirrored traffic.
public struct ERSPANDirection: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let ingress = ERSPANDirection(rawValue: 0)
    public static let egress = ERSPANDirection(rawValue: 1)
}
