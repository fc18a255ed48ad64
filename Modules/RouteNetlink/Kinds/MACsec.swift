internal import CKernel
public import Netlink

/// IEEE 802.1AE on a link (IFLA_MACSEC_*, linux/if_link.h). Associations and keys are set over generic netlink.
public struct MACsec: LinkKind {
    public static let kind = "macsec"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_MACSEC_SCI: the secure channel identifier, a MAC address in the upper 48 bits and a port in the lower 16; in network
    /// order on the wire.
    public var secureChannelIdentifier: UInt64? {
        get { attributes[bigEndian: IFLA_MACSEC_SCI] }
        set { attributes[bigEndian: IFLA_MACSEC_SCI] = newValue }
    }

    /// IFLA_MACSEC_PORT: the identifier's port in a request, where the address is the link's own; in network order on the wire.
    public var port: UInt16? {
        get { attributes[bigEndian: IFLA_MACSEC_PORT] }
        set { attributes[bigEndian: IFLA_MACSEC_PORT] = newValue }
    }

    /// IFLA_MACSEC_ICV_LEN: the integrity check value's length in bytes, 8…16.
    public var integrityCheckLengthInBytes: UInt8? {
        get { attributes[IFLA_MACSEC_ICV_LEN] }
        set { attributes[IFLA_MACSEC_ICV_LEN] = newValue }
    }

    /// IFLA_MACSEC_CIPHER_SUITE.
    public var cipherSuite: MACsecCipherSuite? {
        get { attributes[raw: IFLA_MACSEC_CIPHER_SUITE] }
        set { attributes[raw: IFLA_MACSEC_CIPHER_SUITE] = newValue }
    }

    /// IFLA_MACSEC_WINDOW: the packets by which one may be late; told and taken only with ``protectsFromReplay``.
    public var replayWindow: UInt32? {
        get { attributes[IFLA_MACSEC_WINDOW] }
        set { attributes[IFLA_MACSEC_WINDOW] = newValue }
    }

    /// IFLA_MACSEC_ENCODING_SA: the association number that sends, 0…3.
    public var encodingAssociation: UInt8? {
        get { attributes[IFLA_MACSEC_ENCODING_SA] }
        set { attributes[IFLA_MACSEC_ENCODING_SA] = newValue }
    }

    /// IFLA_MACSEC_ENCRYPT: encrypted, not only authenticated.
    public var encrypts: Bool? {
        get { attributes[flag: IFLA_MACSEC_ENCRYPT] }
        set { attributes[flag: IFLA_MACSEC_ENCRYPT] = newValue }
    }

    /// IFLA_MACSEC_PROTECT: what is sent is protected.
    public var protects: Bool? {
        get { attributes[flag: IFLA_MACSEC_PROTECT] }
        set { attributes[flag: IFLA_MACSEC_PROTECT] = newValue }
    }

    /// IFLA_MACSEC_INC_SCI: each frame carries the identifier.
    public var sendsIdentifier: Bool? {
        get { attributes[flag: IFLA_MACSEC_INC_SCI] }
        set { attributes[flag: IFLA_MACSEC_INC_SCI] = newValue }
    }

    /// IFLA_MACSEC_ES: the end station bit.
    public var isEndStation: Bool? {
        get { attributes[flag: IFLA_MACSEC_ES] }
        set { attributes[flag: IFLA_MACSEC_ES] = newValue }
    }

    /// IFLA_MACSEC_SCB: the single copy broadcast bit.
    public var isSingleCopyBroadcast: Bool? {
        get { attributes[flag: IFLA_MACSEC_SCB] }
        set { attributes[flag: IFLA_MACSEC_SCB] = newValue }
    }

    /// IFLA_MACSEC_REPLAY_PROTECT.
    public var protectsFromReplay: Bool? {
        get { attributes[flag: IFLA_MACSEC_REPLAY_PROTECT] }
        set { attributes[flag: IFLA_MACSEC_REPLAY_PROTECT] = newValue }
    }

    /// IFLA_MACSEC_VALIDATION: of what is received.
    public var validation: MACsecValidation? {
        get { attributes[raw: IFLA_MACSEC_VALIDATION] }
        set { attributes[raw: IFLA_MACSEC_VALIDATION] = newValue }
    }

    /// IFLA_MACSEC_OFFLOAD: what the device does of it.
    public var offload: MACsecOffload? {
        get { attributes[raw: IFLA_MACSEC_OFFLOAD] }
        set { attributes[raw: IFLA_MACSEC_OFFLOAD] = newValue }
    }
}

/// MACSEC_CIPHER_ID_* (linux/if_macsec.h; IEEE 802.1AE-2018, table 14-1), in the machine's order on the wire.
public struct MACsecCipherSuite: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let gcmAES128 = MACsecCipherSuite(rawValue: UInt64(MACSEC_CIPHER_ID_GCM_AES_128))
    public static let gcmAES256 = MACsecCipherSuite(rawValue: UInt64(MACSEC_CIPHER_ID_GCM_AES_256))
    /// With extended packet numbers.
    public static let gcmAESXPN128 = MACsecCipherSuite(rawValue: UInt64(MACSEC_CIPHER_ID_GCM_AES_XPN_128))
    /// With extended packet numbers.
    public static let gcmAESXPN256 = MACsecCipherSuite(rawValue: UInt64(MACSEC_CIPHER_ID_GCM_AES_XPN_256))
    /// MACSEC_DEFAULT_CIPHER_ID: GCM-AES-128 under the number that the kernel reports it by.
    public static let `default` = MACsecCipherSuite(rawValue: UInt64(MACSEC_DEFAULT_CIPHER_ID))
}

/// MACSEC_VALIDATE_*.
public struct MACsecValidation: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    private init(_ type: macsec_validation_type) { rawValue = UInt8(truncatingIfNeeded: type.rawValue) }

    public static let disabled = MACsecValidation(MACSEC_VALIDATE_DISABLED)
    /// What fails is counted and passed on.
    public static let check = MACsecValidation(MACSEC_VALIDATE_CHECK)
    /// What fails is dropped.
    public static let strict = MACsecValidation(MACSEC_VALIDATE_STRICT)
}

/// MACSEC_OFFLOAD_*.
public struct MACsecOffload: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    private init(_ offload: macsec_offload) { rawValue = UInt8(truncatingIfNeeded: offload.rawValue) }

    public static let off = MACsecOffload(MACSEC_OFFLOAD_OFF)
    public static let phy = MACsecOffload(MACSEC_OFFLOAD_PHY)
    public static let mac = MACsecOffload(MACSEC_OFFLOAD_MAC)
}
