public import Kernel

/// What a device can be asked besides reading and writing: commands that the kernel passes through, and its requests for ranges.
///
/// The seam of all that erases: a fake answers for devices that nobody here has.
public protocol DeviceCommands: Sendable {
    /// One NVMe admin command, to the controller of the namespace.
    /// - Throws: the kernel's refusal; EIO with the status in its subject where the controller's completion is none of success.
    func nvmeAdmin(_ command: NVMeAdminCommand, data: inout [UInt8]) throws(OSError)

    /// The identifier of the namespace behind the descriptor (NVME_IOCTL_ID).
    func nvmeNamespace() throws(OSError) -> UInt32

    /// One SCSI command. That the device says no is an answer, not an error.
    func scsi(_ command: SCSICommand, data: inout [UInt8]) throws(OSError) -> SCSIAnswer

    /// A request of the block layer, of a range in bytes, whole sectors.
    func range(_ request: RangeRequest, _ range: Range<UInt64>) throws(OSError)

    /// Whether ``RangeRequest/secureDiscard`` is there.
    func hasSecureDiscard() -> Bool
}

/// BLKDISCARD, BLKZEROOUT, BLKSECDISCARD (linux/fs.h).
public enum RangeRequest: Hashable, Sendable {
    case discard, zero, secureDiscard
}

/// An admin command's words (NVM Express base specification 2.0, section 5).
public struct NVMeAdminCommand: Hashable, Sendable {
    public var opcode: UInt8
    public var namespace: UInt32 = 0
    /// The others are zeros in all that is asked here.
    public var cdw10: UInt32 = 0
    public var timeout: Duration = .seconds(60)

    public init(opcode: UInt8) { self.opcode = opcode }
}

/// A command descriptor block, and which way its data goes.
public struct SCSICommand: Hashable, Sendable {
    public var block: [UInt8]
    /// The data is written to the device; else it is read, as much as the buffer has room.
    public var isToDevice = false
    public var timeout: Duration = .seconds(60)

    public init(_ block: [UInt8]) { self.block = block }
}

/// What a SCSI device said to a command.
public struct SCSIAnswer: Hashable, Sendable {
    /// SAM-5 status: 0 is GOOD, 2 CHECK CONDITION, 24 RESERVATION CONFLICT.
    public var status: UInt8 = 0
    /// What the kernel's driver of the host says; 0 is that the device had the command.
    public var host: UInt16 = 0
    public var sense: SCSISense?

    public init(status: UInt8 = 0, host: UInt16 = 0, sense: SCSISense? = nil) {
        self.status = status
        self.host = host
        self.sense = sense
    }

    public var isGood: Bool { status == 0 && host == 0 }

    /// `check condition: illegal request (20/00)`
    public var reason: String {
        if let sense, status == 2 { return sense.words }
        if host != 0 { return "the host adapter failed it (\(host))" }
        return status == 24 ? "reservation conflict" : "status \(status)"
    }
}

/// Sense data, fixed or descriptor format (SPC-4, section 4.5).
public struct SCSISense: Hashable, Sendable {
    public let key: UInt8
    public let code: UInt8
    public let qualifier: UInt8
    /// Of a long operation, of 65,536; nil where the device does not say.
    public let progress: UInt16?
    /// The ATA status return descriptor's fields (SAT-3, section 12.2.2.6), of a pass-through that asked for them.
    public let ata: ATARegisters?

    public init(key: UInt8, code: UInt8, qualifier: UInt8, progress: UInt16? = nil, ata: ATARegisters? = nil) {
        self.key = key
        self.code = code
        self.qualifier = qualifier
        self.progress = progress
        self.ata = ata
    }

    /// nil for what is too short to be any.
    public init?(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return nil }
        switch first & 0x7F {
        case 0x70, 0x71:
            guard bytes.count >= 14 else { return nil }
            (key, code, qualifier) = (bytes[2] & 0x0F, bytes[12], bytes[13])
            // SKSV: the three bytes are there. Progress is what they are for NO SENSE and NOT READY.
            let hasProgress = bytes.count >= 18 && bytes[15] & 0x80 != 0 && (key == 0 || key == 2)
            progress = hasProgress ? UInt16(bytes[16]) << 8 | UInt16(bytes[17]) : nil
            ata = nil
        case 0x72, 0x73:
            guard bytes.count >= 8 else { return nil }
            (key, code, qualifier) = (bytes[1] & 0x0F, bytes[2], bytes[3])
            var progress: UInt16?
            var ata: ATARegisters?
            var rest = bytes[8...].prefix(Int(bytes[7]))
            while let type = rest.first, let length = rest.dropFirst().first, rest.count >= 2 + Int(length) {
                let body = Array(rest.dropFirst(2).prefix(Int(length)))
                if type == 0x02, body.count >= 6, body[2] & 0x80 != 0, key == 0 || key == 2 {
                    progress = UInt16(body[3]) << 8 | UInt16(body[4])
                }
                if type == 0x09, body.count >= 12 { ata = ATARegisters(descriptor: body) }
                rest = rest.dropFirst(2 + Int(length))
            }
            (self.progress, self.ata) = (progress, ata)
        default: return nil
        }
    }

    /// In the words of the standard, where they are those that an erasure meets.
    public var words: String {
        let keys = [
            "no sense", "recovered error", "not ready", "medium error", "hardware error", "illegal request",
            "unit attention", "data protect", "blank check", "vendor specific", "copy aborted", "aborted command",
            "reserved", "volume overflow", "miscompare", "completed",
        ]
        let hex = [code, qualifier].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: "/")
        let known: [UInt16: String] = [
            0x2000: "the device has no such command", 0x2400: "the device has no such variant of it",
            0x2700: "the medium is write protected", 0x041B: "a sanitize is in progress", 0x3103: "a sanitize failed",
            0x0C00: "write error", 0x1100: "unrecovered read error", 0x2100: "address out of range",
        ]
        let text = known[UInt16(code) << 8 | UInt16(qualifier)].map { ": \($0)" } ?? ""
        return "\(keys[Int(key)]) (\(hex))\(text)"
    }
}
