internal import CKernel
public import Kernel
internal import Netlink

extension Bond {
    /// IFLA_BOND_ARP_IP_TARGET: whom to ask for by ARP, at most sixteen. Empty in a change removes all; nil leaves them.
    public var arpTargets: [IPv4Address]? {
        get {
            attributes.nested(IFLA_BOND_ARP_IP_TARGET).map { list in
                list.types.compactMap { if case .v4(let address)? = list[address: $0] { address } else { nil } }
            }
        }
        set { set(IFLA_BOND_ARP_IP_TARGET, newValue?.map { .v4($0) }) }
    }

    /// IFLA_BOND_NS_IP6_TARGET: whom to ask for by neighbour solicitations, at most sixteen (Linux 5.18).
    public var solicitationTargets: [IPv6Address]? {
        get {
            attributes.nested(IFLA_BOND_NS_IP6_TARGET).map { list in
                list.types.compactMap { if case .v6(let address)? = list[address: $0] { address } else { nil } }
            }
        }
        set { set(IFLA_BOND_NS_IP6_TARGET, newValue?.map { .v6($0) }) }
    }

    private mutating func set(_ type: some BinaryInteger, _ addresses: [IPAddress]?) {
        attributes.remove(type)
        guard let addresses else { return }
        // The attributes' numbers are the places in the list.
        attributes.append { writer in
            writer.nest(type) { writer in
                for (place, address) in addresses.enumerated() { writer.attribute(place, address: address) }
            }
        }
    }

    /// IFLA_BOND_AD_INFO: what 802.3ad has settled on; nil in other modes and while the bond is down.
    public var aggregation: BondAggregation? { attributes.nested(IFLA_BOND_AD_INFO).map { BondAggregation($0) } }
}

/// The aggregator in use (IFLA_BOND_AD_INFO_*).
public struct BondAggregation: Hashable, Sendable {
    /// Its number.
    public let aggregator: UInt16?
    public let portCount: UInt16?
    public let actorKey: UInt16?
    public let partnerKey: UInt16?
    public let partner: HardwareAddress?

    init(_ attributes: AttributeSet) {
        aggregator = attributes[IFLA_BOND_AD_INFO_AGGREGATOR]
        portCount = attributes[IFLA_BOND_AD_INFO_NUM_PORTS]
        actorKey = attributes[IFLA_BOND_AD_INFO_ACTOR_KEY]
        partnerKey = attributes[IFLA_BOND_AD_INFO_PARTNER_KEY]
        partner = attributes[hardware: IFLA_BOND_AD_INFO_PARTNER_MAC]
    }
}
