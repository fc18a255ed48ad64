internal import Kernel
internal import SystemPackage

/// The registers that an ATA command leaves (SAT-3, ATA status return descriptor).
public struct ATARegisters: Hashable, Sendable {
    public var error: UInt8 = 0
    public var count: UInt16 = 0
    public var lba: UInt64 = 0
    public var status: UInt8 = 0

    public init() {}

    /// From the body of the descriptor, 12 bytes.
    init(descriptor body: [UInt8]) {
        error = body[1]
        count = UInt16(body[2]) << 8 | UInt16(body[3])
        // Each pair is the previous content (of 48 bits) and the current one.
        lba =
            UInt64(body[5]) | UInt64(body[7]) << 8 | UInt64(body[9]) << 16
            | UInt64(body[4]) << 24 | UInt64(body[6]) << 32 | UInt64(body[8]) << 40
        status = body[11]
    }
}

/// What erases an ATA disk (ACS-3), through ATA PASS-THROUGH(16) (SAT-3): the security feature set and SANITIZE DEVICE.
struct ATA {
    let commands: any DeviceCommands
    let subject: String
    /// Of the user password, which is there for the time of one command. It is no secret: it keeps nobody out.
    static let password: [UInt8] = Array("slipway".utf8) + [UInt8](repeating: 0, count: 25)

    enum Transfer {
        case none, read, write
    }

    /// IDENTIFY DEVICE's words that matter here.
    struct Identity: Hashable {
        /// Word 128.
        let hasSecurity: Bool
        let isEnabled: Bool
        let isLocked: Bool
        let isFrozen: Bool
        let hasEnhancedErase: Bool
        /// Words 89 and 90, in minutes; nil where the device does not say.
        let minutes: Int?
        let enhancedMinutes: Int?
        /// Word 59.
        let sanitizesBlocks: Bool
        let sanitizesCryptographically: Bool
        let sanitizesByOverwriting: Bool
        /// SANITIZE FREEZE LOCK is not to be had from here; the status tells.
        var sanitizes: Bool { sanitizesBlocks || sanitizesCryptographically || sanitizesByOverwriting }

        /// nil for what is no IDENTIFY data.
        init?(_ page: [UInt8]) {
            guard page.count == 512, page.contains(where: { $0 != 0 }) else { return nil }
            func word(_ index: Int) -> UInt16 { page.little(2 * index) }
            let security = word(128)
            hasSecurity = security & 1 != 0
            isEnabled = security & 2 != 0
            isLocked = security & 4 != 0
            isFrozen = security & 8 != 0
            hasEnhancedErase = security & 0x20 != 0
            minutes = Self.minutes(word(89))
            enhancedMinutes = Self.minutes(word(90))
            let sanitize = word(59)
            let has = sanitize & 0x1000 != 0
            sanitizesCryptographically = has && sanitize & 0x2000 != 0
            sanitizesByOverwriting = has && sanitize & 0x4000 != 0
            sanitizesBlocks = has && sanitize & 0x8000 != 0
        }

        /// In steps of two minutes: 15 bits of them where the top one says so, else 8 (ACS-3, 7.12.6.49).
        private static func minutes(_ word: UInt16) -> Int? {
            let value = word & 0x8000 != 0 ? Int(word & 0x7FFF) : Int(word & 0xFF)
            return value == 0 ? nil : 2 * value
        }
    }

    /// nil where the device is none of ATA.
    func identity() throws(OSError) -> Identity? {
        var data = [UInt8](repeating: 0, count: 512)
        let answer = try command(0xEC, transfer: .read, data: &data)
        return answer.isGood ? Identity(data) : nil
    }

    /// One command as ATA PASS-THROUGH(16) (85h).
    private func command(
        _ operation: UInt8, features: UInt16 = 0, count: UInt16? = nil, lba: UInt64 = 0, transfer: Transfer = .none,
        isExtended: Bool = false, wantsRegisters: Bool = false, timeout: Duration = .seconds(60),
        data: inout [UInt8]
    ) throws(OSError) -> SCSIAnswer {
        let count = count ?? (transfer == .none ? 0 : 1)
        let protocolWord: UInt8 =
            switch transfer {
            case .none: 3
            case .read: 4
            case .write: 5
            }
        // The length is in the sector count, in blocks, and which way it goes; CK_COND asks for the registers.
        let length: UInt8 = transfer == .none ? 0 : 0x06 | (transfer == .read ? 0x08 : 0)
        func byte(_ value: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: value >> (8 * index)) }
        let block: [UInt8] = [
            0x85, protocolWord << 1 | (isExtended ? 1 : 0), length | (wantsRegisters ? 0x20 : 0),
            byte(UInt64(features), 1), byte(UInt64(features), 0), byte(UInt64(count), 1), byte(UInt64(count), 0),
            byte(lba, 3), byte(lba, 0), byte(lba, 4), byte(lba, 1), byte(lba, 5), byte(lba, 2), 0, operation, 0,
        ]
        var command = SCSICommand(block)
        command.isToDevice = transfer == .write
        command.timeout = timeout
        return try commands.scsi(command, data: &data)
    }

    private func perform(
        _ name: StaticString, _ operation: UInt8, transfer: Transfer = .none, timeout: Duration = .seconds(60),
        data: [UInt8] = []
    ) throws(OSError) {
        var data = data
        let answer = try command(operation, transfer: transfer, timeout: timeout, data: &data)
        guard answer.isGood else {
            throw OSError(operation: "\(name): \(answer.reason)", errno: .ioError, subject: subject)
        }
    }

    /// SECURITY SET PASSWORD, ERASE PREPARE, ERASE UNIT. A successful erase takes the password away again; after a failure that is tried.
    ///
    /// - Parameter isEnhanced: the vendor's patterns over all sectors, reallocated ones too.
    func eraseUnit(isEnhanced: Bool, timeout: Duration) throws(OSError) {
        func page(_ control: UInt16) -> [UInt8] {
            var page = [UInt8](repeating: 0, count: 512)
            page[0] = UInt8(truncatingIfNeeded: control)
            page[1] = UInt8(truncatingIfNeeded: control >> 8)
            page.replaceSubrange(2..<34, with: Self.password)
            return page
        }
        try perform("SECURITY SET PASSWORD", 0xF1, transfer: .write, data: page(0))
        do throws(OSError) {
            try perform("SECURITY ERASE PREPARE", 0xF3)
            try perform(
                "SECURITY ERASE UNIT", 0xF4, transfer: .write, timeout: timeout, data: page(isEnhanced ? 2 : 0))
        } catch {
            // The disk may be locked now; what it was asked with opens it, and is taken away.
            try? perform("SECURITY UNLOCK", 0xF2, transfer: .write, data: page(0))
            try? perform("SECURITY DISABLE PASSWORD", 0xF6, transfer: .write, data: page(0))
            throw error
        }
        if let after = try identity(), after.isEnabled {
            try perform("SECURITY DISABLE PASSWORD", 0xF6, transfer: .write, data: page(0))
        }
    }

    /// The features and the key that SANITIZE DEVICE (B4h) wants.
    enum Sanitize: UInt16 {
        case cryptographic = 0x11
        case block = 0x12
        case overwrite = 0x14

        var key: UInt64 {
            switch self {
            case .cryptographic: 0x4372_7970
            case .block: 0x426B_4572
            // The pattern is zeros.
            case .overwrite: 0x4F57_0000_0000
            }
        }
    }

    /// Begins; it goes on in the device.
    func sanitize(_ action: Sanitize) throws(OSError) {
        var none: [UInt8] = []
        // An overwrite's count is its passes.
        let answer = try command(
            0xB4, features: action.rawValue, count: action == .overwrite ? 1 : 0, lba: action.key, isExtended: true,
            data: &none)
        guard answer.isGood else {
            throw OSError(operation: "SANITIZE DEVICE: \(answer.reason)", errno: .ioError, subject: subject)
        }
    }

    struct SanitizeStatus: Hashable {
        /// Of 65,536; nil where none is running.
        let progress: UInt16?
        let isFrozen: Bool
        /// The last one ended without an error.
        let isDone: Bool
    }

    /// SANITIZE STATUS EXT.
    func sanitizeStatus() throws(OSError) -> SanitizeStatus {
        var none: [UInt8] = []
        let answer = try command(0xB4, isExtended: true, wantsRegisters: true, data: &none)
        guard let registers = answer.sense?.ata else {
            throw OSError(operation: "SANITIZE STATUS: \(answer.reason)", errno: .ioError, subject: subject)
        }
        if registers.status & 1 != 0 {
            let reason = registers.error & 4 != 0 ? "aborted" : "failed"
            throw OSError(operation: "SANITIZE STATUS: \(reason)", errno: .ioError, subject: subject)
        }
        return SanitizeStatus(
            progress: registers.count & 0x4000 != 0 ? UInt16(truncatingIfNeeded: registers.lba) : nil,
            isFrozen: registers.count & 0x2000 != 0, isDone: registers.count & 0x8000 != 0)
    }
}
