internal import CKernel

/// IFA_F_* (linux/if_addr.h).
public struct AddressFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// IFA_F_SECONDARY, IPv4: another address of the same network came first. IPv6: ``temporary``.
    public static let secondary = AddressFlags(rawValue: UInt32(IFA_F_SECONDARY))
    /// IFA_F_TEMPORARY, IPv6: a privacy address (RFC 8981).
    public static let temporary = AddressFlags(rawValue: UInt32(IFA_F_TEMPORARY))
    /// IFA_F_NODAD: use at once, without duplicate address detection.
    public static let noDuplicateDetection = AddressFlags(rawValue: UInt32(IFA_F_NODAD))
    /// IFA_F_OPTIMISTIC: use while detection is under way (RFC 4429).
    public static let optimistic = AddressFlags(rawValue: UInt32(IFA_F_OPTIMISTIC))
    /// IFA_F_DADFAILED: another host has it.
    public static let duplicateDetected = AddressFlags(rawValue: UInt32(IFA_F_DADFAILED))
    /// IFA_F_HOMEADDRESS: of mobile IPv6 (RFC 6275).
    public static let home = AddressFlags(rawValue: UInt32(IFA_F_HOMEADDRESS))
    /// IFA_F_DEPRECATED: its preferred lifetime has passed.
    public static let deprecated = AddressFlags(rawValue: UInt32(IFA_F_DEPRECATED))
    /// IFA_F_TENTATIVE: detection is under way.
    public static let tentative = AddressFlags(rawValue: UInt32(IFA_F_TENTATIVE))
    /// IFA_F_PERMANENT: no lifetime.
    public static let permanent = AddressFlags(rawValue: UInt32(IFA_F_PERMANENT))
    /// IFA_F_MANAGETEMPADDR: the kernel makes temporary addresses of it; the prefix is 64 bits.
    public static let managesTemporaryAddresses = AddressFlags(rawValue: UInt32(IFA_F_MANAGETEMPADDR))
    /// IFA_F_NOPREFIXROUTE: the kernel makes no route for the network.
    public static let noPrefixRoute = AddressFlags(rawValue: UInt32(IFA_F_NOPREFIXROUTE))
    /// IFA_F_MCAUTOJOIN: of a multicast address: take part in the group.
    public static let joinsGroup = AddressFlags(rawValue: UInt32(IFA_F_MCAUTOJOIN))
    /// IFA_F_STABLE_PRIVACY: made by RFC 7217.
    public static let stablePrivacy = AddressFlags(rawValue: UInt32(IFA_F_STABLE_PRIVACY))

    /// What the kernel says of an address and does not take.
    static let states: AddressFlags = [
        .secondary, .duplicateDetected, .deprecated, .tentative, .permanent, .stablePrivacy,
    ]
}

/// Where duplicate address detection is (RFC 4862, section 5.4).
public enum DuplicateDetection: Hashable, Sendable {
    /// The address is ours: none was found, or none was looked for.
    case done
    /// Under way, and the address not in use, unless it is optimistic.
    case tentative
    /// Another host has it.
    case failed
}
