internal import Kernel
internal import SystemPackage

/// What erases a SCSI disk (SBC-4, SPC-4): what it says it has, UNMAP, WRITE SAME(16), SANITIZE.
struct SCSI {
    /// Unit attentions that a device may have in store.
    private static let mostAttentions = 8

    let commands: any DeviceCommands
    let subject: String

    /// What the vital product data and the device's list of its commands say.
    struct Support: Hashable {
        /// Logical block provisioning page (B2h): LBPU, LBPWS.
        var unmaps = false
        var writesSameUnmapping = false
        /// Block limits page (B0h): blocks of one UNMAP; 0 is that the device does not say.
        var mostUnmapped: UInt32 = 0
        /// Blocks of one WRITE SAME; 0 is that the device does not say.
        var mostSame: UInt64 = 0
        var writesSame = false
        /// It has the ATA Information page (89h): an ATA disk behind a translation.
        var isATA = false
        var sanitizesBlocks = false
        var sanitizesCryptographically = false
        var sanitizesByOverwriting = false

        var sanitizes: Bool { sanitizesBlocks || sanitizesCryptographically || sanitizesByOverwriting }
    }

    /// - Throws: where the device takes no SCSI commands at all (ENOTTY, EINVAL); what it does not know it does not have.
    func support() throws(OSError) -> Support {
        var support = Support()
        let pages = try page(0x00)
        let has = Set((pages ?? []).dropFirst(4))
        support.isATA = has.contains(0x89)
        if has.contains(0xB2), let page = try page(0xB2), page.count >= 6 {
            support.unmaps = page[5] & 0x80 != 0
            support.writesSameUnmapping = page[5] & 0x40 != 0
        }
        if has.contains(0xB0), let page = try page(0xB0), page.count >= 24 {
            support.mostUnmapped = page.big(20)
            if page.count >= 44 { support.mostSame = page.big(36) }
        }
        support.writesSame = try knows(0x93)
        support.sanitizesByOverwriting = try knows(0x48, 1)
        support.sanitizesBlocks = try knows(0x48, 2)
        support.sanitizesCryptographically = try knows(0x48, 3)
        return support
    }

    /// A vital product data page; nil where the device has none such.
    private func page(_ code: UInt8) throws(OSError) -> [UInt8]? {
        var data = [UInt8](repeating: 0, count: 252)
        let answer = try commands.scsi(SCSICommand([0x12, 1, code, 0, UInt8(data.count), 0]), data: &data)
        guard answer.isGood, data[1] == code else { return nil }
        return Array(data.prefix(4 + Int(data[2]) << 8 + Int(data[3])))
    }

    /// REPORT SUPPORTED OPERATION CODES, of one command; a device that has no such report has none of what is asked.
    private func knows(_ operation: UInt8, _ action: UInt8? = nil) throws(OSError) -> Bool {
        var data = [UInt8](repeating: 0, count: 64)
        var block = [UInt8](repeating: 0, count: 12)
        block[0] = 0xA3
        block[1] = 0x0C
        block[2] = action == nil ? 1 : 2
        block[3] = operation
        block[5] = action ?? 0
        block[9] = UInt8(data.count)
        let answer = try commands.scsi(SCSICommand(block), data: &data)
        // 3 is as the standard has it, 5 is in a way of the vendor's.
        return answer.isGood && data[1] & 7 == 3
    }

    private static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64(count - 1 - $0))) }
    }

    /// Carries `command` out; what the device says against it is the error.
    private func perform(
        _ name: StaticString, _ command: SCSICommand, _ data: [UInt8] = []
    ) throws(OSError) {
        var data = data
        let answer = try commands.scsi(command, data: &data)
        guard !answer.isGood else { return }
        let unsupported = answer.sense.map { $0.key == 5 } ?? false
        throw OSError(
            operation: "\(name): \(answer.reason)", errno: unsupported ? .notSupported : .ioError, subject: subject)
    }

    /// UNMAP (42h) of one range of blocks.
    func unmap(_ first: UInt64, count: UInt32) throws(OSError) {
        let descriptor = Self.bytes(first, 8) + Self.bytes(UInt64(count), 4) + [0, 0, 0, 0]
        let data =
            Self.bytes(UInt64(descriptor.count + 6), 2) + Self.bytes(UInt64(descriptor.count), 2) + [0, 0, 0, 0]
            + descriptor
        var command = SCSICommand([0x42, 0, 0, 0, 0, 0, 0] + Self.bytes(UInt64(data.count), 2) + [0])
        command.isToDevice = true
        try perform("UNMAP", command, data)
    }

    /// WRITE SAME(16) (93h) of a block of zeros.
    func writeSame(_ first: UInt64, count: UInt32, blockSize: Int, unmaps: Bool = false) throws(OSError) {
        var command = SCSICommand(
            [0x93, unmaps ? 8 : 0] + Self.bytes(first, 8) + Self.bytes(UInt64(count), 4) + [0, 0])
        command.isToDevice = true
        command.timeout = .seconds(300)
        try perform("WRITE SAME(16)", command, [UInt8](repeating: 0, count: blockSize))
    }

    enum Sanitize: UInt8 {
        case overwrite = 1
        case block = 2
        case cryptographic = 3
    }

    /// SANITIZE (48h), which returns at once and goes on in the device.
    func sanitize(_ action: Sanitize, blockSize: Int) throws(OSError) {
        // One pass of zeros, a block long.
        let list: [UInt8] =
            action == .overwrite
            ? [1, 0] + Self.bytes(UInt64(blockSize), 2) + [UInt8](repeating: 0, count: blockSize) : []
        var command = SCSICommand(
            [0x48, 0x80 | action.rawValue, 0, 0, 0, 0, 0] + Self.bytes(UInt64(list.count), 2) + [0])
        command.isToDevice = true
        try perform("SANITIZE", command, list)
    }

    /// How far a sanitize is, of 65,536; nil where none is running.
    /// - Throws: EIO for one that failed.
    func sanitizeProgress() throws(OSError) -> UInt16? {
        var found: SCSISense?
        // A unit attention is told once, before anything else: a reset, another initiator's command.
        for _ in 0..<Self.mostAttentions {
            var data = [UInt8](repeating: 0, count: 18)
            let answer = try commands.scsi(SCSICommand([0x03, 0, 0, 0, UInt8(data.count), 0]), data: &data)
            found = answer.isGood ? SCSISense(data) : answer.sense
            if found?.key != 6 { break }
        }
        guard let sense = found else { return nil }
        if sense.code == 0x31, sense.qualifier == 3 {
            throw OSError(operation: "SANITIZE: \(sense.words)", errno: .ioError, subject: subject)
        }
        guard sense.key == 2 || sense.key == 0, sense.code == 0x04, sense.qualifier == 0x1B else { return nil }
        return sense.progress ?? 0
    }
}
