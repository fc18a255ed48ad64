public import Kernel
internal import Partitions

extension Probe {
    /// Looks at the whole: libblkid's answer, and where it has none, or one that newer ones refute, ours.
    public borrowing func report() throws(OSError) -> ProbeReport {
        let window = WindowVolume(volume, from: options.offset, size: options.size)
        var report = ProbeReport()
        var verdict = try verdict(into: &report)
        let refuted = Refutations.of(report, isAmbivalent: verdict == .ambivalent, window)
        if !refuted.isEmpty {
            report = ProbeReport()
            verdict = try self.verdict(refuted: refuted, into: &report)
        }
        report.isAmbivalent = verdict == .ambivalent
        NativeProbers.refine(&report, window)
        if let native = NativeProbers.find(in: window) { try merge(native, into: &report) }
        if report.partitionTable == nil, !report.isAmbivalent, let table = DASDLabel(window) { table.tell(in: &report) }
        if options.listsSignatures { try list(refuted, window, into: &report) }
        return report
    }

    /// Joins what we found with what libblkid did: it wins where the other lies in what its mkfs wipes, and two that exclude each other
    /// are ambivalent.
    private borrowing func merge(_ native: NativeMatch, into report: inout ProbeReport) throws(OSError) {
        if let type = report.type {
            let other = try signatures().first { $0.type == type }
            guard let other, native.wiped.contains(other.offset - min(other.offset, options.offset)) else {
                report.type = nil
                report.usage = nil
                report.version = nil
                report.label = nil
                report.uuid = nil
                report.isAmbivalent = true
                return
            }
        }
        guard !report.isAmbivalent else { return }
        report.type = native.type
        report.usage = native.usage
        report.version = native.version
        report.label = native.label
        report.uuid = native.uuid
    }

    /// Every signature, the partitions, and what is wrong.
    private borrowing func list(
        _ refuted: [String], _ window: WindowVolume, into report: inout ProbeReport
    ) throws(OSError) {
        var found = try signatures()
        if let native = NativeProbers.find(in: window) {
            found.append(
                .init(
                    type: native.type, usage: native.usage, offset: native.offset + options.offset, magic: native.magic)
            )
        }
        report.signatures = found.sorted { ($0.offset, $0.type) < ($1.offset, $1.type) }
        // Some tables of the BSDs are told only to who asks for partitions.
        if report.partitions.isEmpty, report.partitionTable != nil || report.type == nil {
            let answer = partitions()
            report.partitions = answer.partitions
            if report.partitionTable == nil, !answer.partitions.isEmpty { report.partitionTable = answer.table }
        }
        let claims = found.filter { $0.usage != "partition-table" }
        if report.isAmbivalent {
            let words = claims.map { "\($0.type) at \($0.offset)" }.joined(separator: ", ")
            report.problems.append(
                .init("ambivalent", "more than one signature claims the device: \(words); wipe those that are stale"))
        } else {
            for claim in claims where claim.type != report.type && !related(claim.type, report.type) {
                report.problems.append(
                    .init(
                        "stale-signature",
                        "\(claim.type) was here before: its signature at \(claim.offset) is still there",
                        offset: claim.offset))
            }
        }
        try checkTable(window, into: &report)
    }

    /// The prober of a format may be one of a family, like ext2 for ext4's superblock with another checksum.
    private func related(_ one: String, _ other: String?) -> Bool {
        guard let other else { return false }
        return one.hasPrefix("ext") && other.hasPrefix("ext")
    }

    private borrowing func checkTable(_ window: WindowVolume, into report: inout ProbeReport) throws(OSError) {
        let sectorSize = UInt64(options.sectorSize ?? 0)
        let own = sectorSize != 0 ? sectorSize : (try? BlockGeometry(volume))?.logicalSector ?? 512
        guard window.sizeInBytes >= 2 * own, let reading = try? TableReading(window, sectorSize: own) else { return }
        // A file system's boot sector is no table, nor is one on a partition.
        guard
            reading.kind != .none || reading.table != nil
                || reading.findings.contains(where: { $0.code == .wrongSectorSize })
        else { return }
        for problem in reading.problems {
            report.problems.append(
                .init(
                    problem.code.rawValue, problem.message,
                    offset: problem.lba.flatMap { lba in
                        let (offset, overflow) = lba.multipliedReportingOverflow(by: own)
                        return overflow ? nil : offset.addingReportingOverflow(options.offset).partialValue
                    }))
        }
    }
}

/// A part of a volume as a volume.
struct WindowVolume: VolumeSource {
    private let volume: DeviceVolume
    private let start: UInt64
    let sizeInBytes: UInt64

    init(_ volume: DeviceVolume, from start: UInt64, size: UInt64?) {
        self.volume = volume
        self.start = min(start, volume.sizeInBytes)
        let rest = volume.sizeInBytes - self.start
        sizeInBytes = min(size ?? rest, rest)
    }

    func read(at offset: UInt64, count: Int) throws(OSError) -> [UInt8] {
        guard offset < sizeInBytes, count > 0 else { return [] }
        return try volume.read(at: start + offset, count: Int(min(UInt64(count), sizeInBytes - offset)))
    }
}
