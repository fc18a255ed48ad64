internal import CKernel
public import Netlink

/// How a link is attached (ETHTOOL_A_LINKINFO_*).
public struct EthtoolLinkInformation: EthtoolSettings {
    public static let command = EthtoolCommand(
        "link information", get: ETHTOOL_MSG_LINKINFO_GET, set: ETHTOOL_MSG_LINKINFO_SET,
        settable: [ETHTOOL_A_LINKINFO_PORT, ETHTOOL_A_LINKINFO_PHYADDR, ETHTOOL_A_LINKINFO_TP_MDIX_CTRL].map { Int($0) }
    )
    public var attributes = AttributeSet()
    public init() {}

    /// The connector (PORT_*).
    public var port: EthtoolPort? {
        get { attributes[ETHTOOL_A_LINKINFO_PORT].map { EthtoolPort(rawValue: $0) } }
        set { attributes[ETHTOOL_A_LINKINFO_PORT, as: UInt8.self] = newValue?.rawValue }
    }
    /// The PHY's address on its MDIO bus.
    public var phyAddress: UInt8? {
        get { attributes[ETHTOOL_A_LINKINFO_PHYADDR] }
        set { attributes[ETHTOOL_A_LINKINFO_PHYADDR] = newValue }
    }
    /// How the pairs are crossed now (ETH_TP_MDI*). Read only.
    public var crossover: EthtoolCrossover? {
        attributes[ETHTOOL_A_LINKINFO_TP_MDIX].map { EthtoolCrossover(rawValue: $0) }
    }
    /// How they are to be crossed.
    public var crossoverControl: EthtoolCrossover? {
        get { attributes[ETHTOOL_A_LINKINFO_TP_MDIX_CTRL].map { EthtoolCrossover(rawValue: $0) } }
        set { attributes[ETHTOOL_A_LINKINFO_TP_MDIX_CTRL, as: UInt8.self] = newValue?.rawValue }
    }
    /// Whether the PHY is in the MAC's package (XCVR_*). Read only.
    public var transceiver: EthtoolTransceiver? {
        attributes[ETHTOOL_A_LINKINFO_TRANSCEIVER].map { EthtoolTransceiver(rawValue: $0) }
    }
}

/// PORT_* (linux/ethtool.h).
public struct EthtoolPort: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    init(_ port: Int32) { rawValue = UInt8(truncatingIfNeeded: port) }

    public static let twistedPair = EthtoolPort(PORT_TP)
    public static let attachmentUnit = EthtoolPort(PORT_AUI)
    public static let mii = EthtoolPort(PORT_MII)
    public static let fibre = EthtoolPort(PORT_FIBRE)
    public static let bnc = EthtoolPort(PORT_BNC)
    public static let directAttach = EthtoolPort(PORT_DA)
    /// The device has no connector.
    public static let noConnector = EthtoolPort(PORT_NONE)
    public static let other = EthtoolPort(PORT_OTHER)

    /// ethtool's words; the number where it is unknown.
    public var description: String {
        switch self {
        case .twistedPair: "Twisted Pair"
        case .attachmentUnit: "AUI"
        case .mii: "MII"
        case .fibre: "FIBRE"
        case .bnc: "BNC"
        case .directAttach: "Direct Attach Copper"
        case .noConnector: "None"
        case .other: "Other"
        default: "\(rawValue)"
        }
    }
}

/// ETH_TP_MDI* (linux/ethtool.h).
public struct EthtoolCrossover: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    init(_ value: Int32) { rawValue = UInt8(truncatingIfNeeded: value) }

    /// ETH_TP_MDI_INVALID: unknown, or not for this connector.
    public static let unknown = EthtoolCrossover(ETH_TP_MDI_INVALID)
    /// ETH_TP_MDI: straight.
    public static let straight = EthtoolCrossover(ETH_TP_MDI)
    /// ETH_TP_MDI_X: crossed.
    public static let crossed = EthtoolCrossover(ETH_TP_MDI_X)
    /// ETH_TP_MDI_AUTO: a wish alone.
    public static let automatic = EthtoolCrossover(ETH_TP_MDI_AUTO)

    /// `on` is crossed, as ethtool has it.
    public var description: String {
        switch self {
        case .unknown: "unknown"
        case .straight: "off"
        case .crossed: "on"
        case .automatic: "auto"
        default: "\(rawValue)"
        }
    }
}

/// XCVR_* (linux/ethtool.h).
public struct EthtoolTransceiver: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let `internal` = EthtoolTransceiver(rawValue: UInt8(XCVR_INTERNAL))
    public static let external = EthtoolTransceiver(rawValue: UInt8(XCVR_EXTERNAL))

    public var description: String {
        switch self {
        case .internal: "internal"
        case .external: "external"
        default: "\(rawValue)"
        }
    }
}
