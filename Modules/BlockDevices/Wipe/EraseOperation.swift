/// How somebody wants a disk wiped.
public enum WipeMethod: String, CaseIterable, Hashable, Sendable {
    /// The magic strings and tables alone.
    case signatures
    /// The device is told that nothing is needed any more.
    case discard
    /// Zeros everywhere.
    case zero
    /// The device's own erasure.
    case secure
    /// `secure` where the device offers it, else `zero`; never `discard` alone.
    case auto
}

/// What may be relied on after a wipe, from the least to the most.
public enum WipeGuarantee: String, Hashable, Sendable {
    /// Nothing finds what was there; the data itself is still on the medium.
    case metadata
    /// A hint to the device: what is read afterwards is undefined, old data included.
    case undefined
    /// Every address reads zeros; what the device keeps aside (spare and remapped blocks) is not reached.
    case zeros
    /// The device says that it has erased all user data of the namespace or disk.
    case erased
    /// The device says that it has sanitized all media, caches and spare blocks included.
    case sanitized
}

/// One concrete way to erase a disk.
public enum EraseOperation: String, CaseIterable, Hashable, Sendable {
    case signatures
    case discard
    case scsiUnmap = "scsi-unmap"
    case scsiWriteSameUnmap = "scsi-write-same-unmap"
    case zero
    case scsiWriteSame = "scsi-write-same"
    case nvmeSanitizeBlock = "nvme-sanitize-block"
    case nvmeSanitizeCrypto = "nvme-sanitize-crypto"
    case nvmeSanitizeOverwrite = "nvme-sanitize-overwrite"
    case nvmeFormatUserData = "nvme-format-user-data"
    case nvmeFormatCrypto = "nvme-format-crypto"
    case scsiSanitizeBlock = "scsi-sanitize-block"
    case scsiSanitizeCrypto = "scsi-sanitize-crypto"
    case scsiSanitizeOverwrite = "scsi-sanitize-overwrite"
    case ataSanitizeBlock = "ata-sanitize-block"
    case ataSanitizeCrypto = "ata-sanitize-crypto"
    case ataSanitizeOverwrite = "ata-sanitize-overwrite"
    case ataEnhancedErase = "ata-enhanced-erase"
    case ataErase = "ata-erase"
    case secureDiscard = "secure-discard"

    public var guarantee: WipeGuarantee {
        switch self {
        case .signatures: .metadata
        case .discard, .scsiUnmap, .scsiWriteSameUnmap: .undefined
        case .zero, .scsiWriteSame: .zeros
        case .nvmeFormatUserData, .nvmeFormatCrypto, .ataEnhancedErase, .ataErase, .secureDiscard: .erased
        case .nvmeSanitizeBlock, .nvmeSanitizeCrypto, .nvmeSanitizeOverwrite, .scsiSanitizeBlock, .scsiSanitizeCrypto,
            .scsiSanitizeOverwrite, .ataSanitizeBlock, .ataSanitizeCrypto, .ataSanitizeOverwrite:
            .sanitized
        }
    }

    var method: WipeMethod {
        switch guarantee {
        case .metadata: .signatures
        case .undefined: .discard
        case .zeros: .zero
        case .erased, .sanitized: .secure
        }
    }
}
