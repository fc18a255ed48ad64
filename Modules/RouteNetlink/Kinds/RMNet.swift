internal import CKernel
public import Netlink

/// A channel of a Qualcomm modem, multiplexed on a link (IFLA_RMNET_*, linux/if_link.h).
public struct RMNet: LinkKind {
    public static let kind = "rmnet"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_RMNET_MUX_ID: the channel, 1…254.
    public var channel: UInt16? {
        get { attributes[IFLA_RMNET_MUX_ID] }
        set { attributes[IFLA_RMNET_MUX_ID] = newValue }
    }

    /// IFLA_RMNET_FLAGS, struct ifla_rmnet_flags: of the link below, so of all channels on it. Setting it names all flags as to be
    /// changed; ``change(_:to:)`` names some.
    public var flags: RMNetFlags? {
        get { attributes.structure(IFLA_RMNET_FLAGS, ifla_rmnet_flags()).map { RMNetFlags(rawValue: $0.flags) } }
        set {
            guard let newValue else { return attributes.remove(IFLA_RMNET_FLAGS) }
            attributes.set(IFLA_RMNET_FLAGS, header: ifla_rmnet_flags(flags: newValue.rawValue, mask: .max))
        }
    }

    /// The flags that a request changes: the mask of the same struct.
    public var changedFlags: RMNetFlags? {
        attributes.structure(IFLA_RMNET_FLAGS, ifla_rmnet_flags()).map { RMNetFlags(rawValue: $0.mask) }
    }

    /// Sets `flags` on or off, beside those that were named before.
    public mutating func change(_ flags: RMNetFlags, to isOn: Bool) {
        var value = attributes.structure(IFLA_RMNET_FLAGS, ifla_rmnet_flags()) ?? ifla_rmnet_flags()
        value.mask |= flags.rawValue
        value.flags = isOn ? value.flags | flags.rawValue : value.flags & ~flags.rawValue
        attributes.set(IFLA_RMNET_FLAGS, header: value)
    }
}

/// RMNET_FLAGS_* (linux/if_link.h).
public struct RMNetFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let ingressDeaggregation = RMNetFlags(rawValue: RMNET_FLAGS_INGRESS_DEAGGREGATION)
    public static let ingressCommands = RMNetFlags(rawValue: RMNET_FLAGS_INGRESS_MAP_COMMANDS)
    public static let ingressChecksumV4 = RMNetFlags(rawValue: RMNET_FLAGS_INGRESS_MAP_CKSUMV4)
    public static let egressChecksumV4 = RMNetFlags(rawValue: RMNET_FLAGS_EGRESS_MAP_CKSUMV4)
    public static let ingressChecksumV5 = RMNetFlags(rawValue: RMNET_FLAGS_INGRESS_MAP_CKSUMV5)
    public static let egressChecksumV5 = RMNetFlags(rawValue: RMNET_FLAGS_EGRESS_MAP_CKSUMV5)
}
