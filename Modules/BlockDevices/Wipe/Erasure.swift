public import Kernel
internal import SystemPackage

/// Carries one operation out on a whole disk.
public struct Erasure: Sendable {
    /// Of one BLKZEROOUT where the kernel writes pages of zeros: some tenths of a second, so that it can be followed.
    private static let writtenStep: UInt64 = 64 << 20
    /// Where the device does it itself.
    private static let offloadedStep: UInt64 = 256 << 20
    /// Of a format or an ATA erasure that does not say how long it takes.
    private static let longest: Duration = .seconds(12 * 3600)

    public let operation: EraseOperation
    private let disk: Disk
    private let commands: any DeviceCommands
    private let offers: EraseOffers
    /// Between two questions of how far the device is.
    private let pause: Duration

    public init(
        _ operation: EraseOperation, of disk: Disk, _ commands: any DeviceCommands, offers: EraseOffers,
        pause: Duration = .milliseconds(500)
    ) {
        self.operation = operation
        self.disk = disk
        self.commands = commands
        self.offers = offers
        self.pause = pause
    }

    /// Returns when it is done, with the places that failed.
    /// - Parameter progress: is told how far it is; false ends what can be ended. A device that sanitizes itself goes on.
    /// - Throws: ECANCELED where it was ended; what the device or the kernel says against it.
    public func run(_ progress: (EraseProgress) -> Bool) throws(OSError) -> [EraseFailure] {
        switch operation {
        case .signatures: return []
        case .discard: return try sweep(.discard, step: Self.offloadedStep, progress)
        case .secureDiscard: return try sweep(.secureDiscard, step: Self.offloadedStep, progress)
        case .zero:
            let isOffloaded = disk.writeZeroesLimit.map { $0 > 0 } ?? false
            return try sweep(.zero, step: isOffloaded ? Self.offloadedStep : Self.writtenStep, progress)
        case .scsiUnmap, .scsiWriteSameUnmap, .scsiWriteSame: return try blocks(progress)
        case .nvmeFormatUserData, .nvmeFormatCrypto:
            _ = progress(EraseProgress(done: 0, total: disk.sizeInBytes))
            try NVMe(commands).format(
                operation == .nvmeFormatCrypto ? .cryptographic : .userData, timeout: Self.longest)
        case .ataErase, .ataEnhancedErase:
            _ = progress(EraseProgress(done: 0, total: disk.sizeInBytes))
            let timeout = offers.minutes.map { Duration.seconds($0 * 120 + 600) } ?? Self.longest
            try ATA(commands: commands, subject: disk.path.string).eraseUnit(
                isEnhanced: operation == .ataEnhancedErase, timeout: timeout)
        case .nvmeSanitizeBlock, .nvmeSanitizeCrypto, .nvmeSanitizeOverwrite: try sanitizeNVMe(progress)
        case .scsiSanitizeBlock, .scsiSanitizeCrypto, .scsiSanitizeOverwrite: try sanitizeSCSI(progress)
        case .ataSanitizeBlock, .ataSanitizeCrypto, .ataSanitizeOverwrite: try sanitizeATA(progress)
        }
        return []
    }

    private func sweep(
        _ request: RangeRequest, step: UInt64, _ progress: (EraseProgress) -> Bool
    ) throws(OSError) -> [EraseFailure] {
        let sector = disk.logicalSectorInBytes ?? 512
        let sweep = RangeSweep(size: disk.sizeInBytes / sector * sector, sector: sector, step: step) {
            (range) throws(OSError) in
            try commands.range(request, range)
        }
        return try sweep.run(progress)
    }

    /// UNMAP and WRITE SAME by the device's own limits.
    private func blocks(_ progress: (EraseProgress) -> Bool) throws(OSError) -> [EraseFailure] {
        let scsi = SCSI(commands: commands, subject: disk.path.string)
        let size = disk.logicalSectorInBytes ?? 512
        let limit =
            operation == .scsiUnmap ? UInt64(offers.scsi.mostUnmapped) : offers.scsi.mostSame
        // 0 and all ones are that there is no limit; a device that has it takes its time over too much.
        let most = min(limit == 0 ? .max : limit, (256 << 20) / size)
        let sweep = RangeSweep(size: disk.sizeInBytes / size * size, sector: size, step: max(1, most) * size) {
            (range) throws(OSError) in
            let first = range.lowerBound / size
            let count = UInt32(clamping: (range.upperBound - range.lowerBound) / size)
            switch operation {
            case .scsiUnmap: try scsi.unmap(first, count: count)
            default:
                try scsi.writeSame(
                    first, count: count, blockSize: Int(size), unmaps: operation == .scsiWriteSameUnmap)
            }
        }
        return try sweep.run(progress)
    }

    // MARK: Sanitize

    private static let sanitize = "sanitize"

    /// Whether a run that ended with `error` was only waited for no longer: the device goes on.
    public static func goesOn(_ error: OSError) -> Bool { error.errno == .canceled && error.operation == sanitize }

    /// Asks until the device is done; `progress` is nil when it is.
    private func wait(
        _ progress: (EraseProgress) -> Bool, _ ask: () throws(OSError) -> UInt16?
    ) throws(OSError) {
        while let done = try ask() {
            guard progress(EraseProgress(done: UInt64(done), total: 65_536)) else {
                throw OSError(operation: Self.sanitize, errno: .canceled, subject: disk.path.string)
            }
            Deadline(in: pause).sleep()
        }
    }

    private func sanitizeNVMe(_ progress: (EraseProgress) -> Bool) throws(OSError) {
        let nvme = try NVMe(commands)
        // One that somebody began is waited for, as well.
        if offers.running == nil {
            if try nvme.sanitizeStatus().state == .failed { try nvme.sanitize(.exitFailureMode) }
            try nvme.sanitize(
                operation == .nvmeSanitizeBlock
                    ? .block : operation == .nvmeSanitizeCrypto ? .cryptographic : .overwrite)
        }
        try wait(progress) { () throws(OSError) in
            let status = try nvme.sanitizeStatus()
            switch status.state {
            case .running: return status.progress
            case .done, .doneDeallocated: return nil
            case .failed, .never, nil:
                throw OSError(
                    operation: "sanitize: the device says that it failed", errno: .ioError, subject: disk.path.string)
            }
        }
    }

    private func sanitizeSCSI(_ progress: (EraseProgress) -> Bool) throws(OSError) {
        let scsi = SCSI(commands: commands, subject: disk.path.string)
        if offers.running == nil {
            let action: SCSI.Sanitize =
                operation == .scsiSanitizeBlock
                ? .block : operation == .scsiSanitizeCrypto ? .cryptographic : .overwrite
            try scsi.sanitize(action, blockSize: Int(disk.logicalSectorInBytes ?? 512))
        }
        try wait(progress) { () throws(OSError) in try scsi.sanitizeProgress() }
    }

    private func sanitizeATA(_ progress: (EraseProgress) -> Bool) throws(OSError) {
        let ata = ATA(commands: commands, subject: disk.path.string)
        if offers.running == nil {
            try ata.sanitize(
                operation == .ataSanitizeBlock
                    ? .block : operation == .ataSanitizeCrypto ? .cryptographic : .overwrite)
        }
        try wait(progress) { () throws(OSError) in
            let status = try ata.sanitizeStatus()
            if status.progress == nil, !status.isDone {
                throw OSError(
                    operation: "sanitize: the device says that it failed", errno: .ioError, subject: disk.path.string)
            }
            return status.progress
        }
    }
}
