internal import CKernel

/// BOND_MODE_* (linux/if_bonding.h).
public struct BondMode: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `balance-rr`.
    public static let roundRobin = BondMode(rawValue: UInt8(BOND_MODE_ROUNDROBIN))
    /// `active-backup`.
    public static let activeBackup = BondMode(rawValue: UInt8(BOND_MODE_ACTIVEBACKUP))
    /// `balance-xor`.
    public static let xor = BondMode(rawValue: UInt8(BOND_MODE_XOR))
    /// `broadcast`.
    public static let broadcast = BondMode(rawValue: UInt8(BOND_MODE_BROADCAST))
    /// `802.3ad`.
    public static let aggregation = BondMode(rawValue: UInt8(BOND_MODE_8023AD))
    /// `balance-tlb`.
    public static let transmitBalancing = BondMode(rawValue: UInt8(BOND_MODE_TLB))
    /// `balance-alb`.
    public static let adaptiveBalancing = BondMode(rawValue: UInt8(BOND_MODE_ALB))
}

/// BOND_XMIT_POLICY_* (linux/if_bonding.h).
public struct BondTransmitHash: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Hardware addresses.
    public static let layer2 = BondTransmitHash(rawValue: UInt8(BOND_XMIT_POLICY_LAYER2))
    /// Addresses and ports.
    public static let layer34 = BondTransmitHash(rawValue: UInt8(BOND_XMIT_POLICY_LAYER34))
    /// Hardware and IP addresses.
    public static let layer23 = BondTransmitHash(rawValue: UInt8(BOND_XMIT_POLICY_LAYER23))
    /// Of the packet inside a tunnel.
    public static let encapsulated23 = BondTransmitHash(rawValue: UInt8(BOND_XMIT_POLICY_ENCAP23))
    /// Of the packet inside a tunnel.
    public static let encapsulated34 = BondTransmitHash(rawValue: UInt8(BOND_XMIT_POLICY_ENCAP34))
    /// The VLAN and the sender's address.
    public static let vlanSource = BondTransmitHash(rawValue: UInt8(BOND_XMIT_POLICY_VLAN_SRCMAC))
}

/// What arp_validate checks: the kernel has these numbers in no UAPI header (BOND_ARP_VALIDATE_*, net/bonding.h).
public struct BondARPValidation: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let none = BondARPValidation(rawValue: 0)
    public static let active = BondARPValidation(rawValue: 1)
    public static let backup = BondARPValidation(rawValue: 2)
    public static let all = BondARPValidation(rawValue: 3)
    /// Answers of others than the targets do not count.
    public static let filter = BondARPValidation(rawValue: 4)
    public static let filterActive = BondARPValidation(rawValue: 5)
    public static let filterBackup = BondARPValidation(rawValue: 6)
}

/// arp_all_targets (BOND_ARP_TARGETS_*, net/bonding.h).
public struct BondARPTargets: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let any = BondARPTargets(rawValue: 0)
    public static let all = BondARPTargets(rawValue: 1)
}

/// primary_reselect (BOND_PRI_RESELECT_*, net/bonding.h).
public struct BondPrimaryReselection: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let always = BondPrimaryReselection(rawValue: 0)
    /// Where its speed and duplex are better.
    public static let better = BondPrimaryReselection(rawValue: 1)
    /// When the port in use fails.
    public static let failure = BondPrimaryReselection(rawValue: 2)
}

/// fail_over_mac (BOND_FOM_*, net/bonding.h).
public struct BondFailOverAddress: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// All ports have the bond's.
    public static let none = BondFailOverAddress(rawValue: 0)
    /// The bond has that of the port in use.
    public static let active = BondFailOverAddress(rawValue: 1)
    /// The port in use has the bond's.
    public static let follow = BondFailOverAddress(rawValue: 2)
}

/// lacp_rate (AD_LACP_*, net/bond_3ad.h).
public struct BondLACPRate: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Every 30 seconds.
    public static let slow = BondLACPRate(rawValue: 0)
    /// Every second.
    public static let fast = BondLACPRate(rawValue: 1)
}

/// ad_select (BOND_AD_*, net/bond_3ad.h).
public struct BondAggregatorSelection: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let stable = BondAggregatorSelection(rawValue: 0)
    public static let bandwidth = BondAggregatorSelection(rawValue: 1)
    public static let count = BondAggregatorSelection(rawValue: 2)
}
