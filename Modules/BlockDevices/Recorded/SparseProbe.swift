internal import Documents
public import Kernel
internal import Partitions
public import SystemPackage

/// Finds the few sectors of a device that decide what probing it says, and keeps them alone.
///
/// libblkid has no hook for its reads. So the places where it may look are copied to a sparse file of the device's size, and the copy is
/// probed: where it answers as the device does, sector after sector is taken out of it until nothing can go without the answer changing.
/// What is left is superblocks, labels and tables, and no file's contents.
public enum SparseProbe {
    public struct Capture: Sendable {
        public let record: DeviceRecord
        /// What the record cannot answer as the device did, in words.
        public let doubts: [String]
        /// Whether bytes of kept sectors were replaced with zeros: those of encrypted volumes and directories that the answers do not need.
        public let isRedacted: Bool
    }

    /// Captures a device of this machine, or an image.
    /// - Throws: what opening it and asking for its geometry do.
    public static func capture(_ path: FilePath, in root: HostRoot) throws(OSError) -> Capture {
        let volume = try DeviceVolume(path, in: root)
        var run = try CaptureRun(volume, path)
        try run.readTable()
        for look in run.looks { try run.look(look) }
        return try run.finished()
    }
}

/// One device's capture.
private struct CaptureRun {
    /// Partitions that are looked into, at most.
    private static let mostPartitions = 256
    /// What one look may keep, in bytes: what needs more has its files in the checksum (cramfs).
    private static let mostKept = 256 << 10
    /// How much is read at the ends of a part: first, and where that is too little.
    private static let ends: [UInt64] = [1 << 20, 16 << 20]
    /// Of what is taken out of a sector, in bytes.
    private static let granule = 8

    private let volume: DeviceVolume
    private let path: FilePath
    private let geometry: BlockGeometry
    private let sectorSize: UInt32?
    /// What the device says, by where it was looked at.
    private var reports: [DeviceRecord.Look: ProbeReport] = [:]
    private(set) var looks: [DeviceRecord.Look] = []
    private var refused: [DeviceRecord.Look] = []
    private var tables: [JSONValue] = []
    private var hasTable = true
    private var faithful: [DeviceRecord.Look] = []
    private var kept = Sectors()
    private var doubts: [String] = []
    private var isRedacted = false

    init(_ volume: DeviceVolume, _ path: FilePath) throws(OSError) {
        self.volume = volume
        self.path = path
        geometry = try BlockGeometry(volume)
        sectorSize = geometry.logicalSector.flatMap { UInt32(exactly: $0) }
        let whole = DeviceRecord.Look()
        let report = try probe(volume, whole)
        looks = [whole]
        reports[whole] = report
        for partition in report.partitions.prefix(Self.mostPartitions) {
            let (start, startOverflow) = partition.start.multipliedReportingOverflow(by: 512)
            let (size, sizeOverflow) = partition.size.multipliedReportingOverflow(by: 512)
            let look = DeviceRecord.Look(offset: start, size: size)
            guard !startOverflow, !sizeOverflow, size > 0, reports[look] == nil else { continue }
            do throws(OSError) {
                reports[look] = try probe(volume, look)
                looks.append(look)
            } catch {
                // What is not within the device is refused of its record, too.
                if error.errno == .invalidArgument { refused.append(look) }
            }
        }
    }

    private func probe(_ volume: DeviceVolume, _ look: DeviceRecord.Look) throws(OSError) -> ProbeReport {
        var options = ProbeOptions()
        options.offset = look.offset
        options.size = look.size
        options.listsSignatures = true
        return try DeviceRecord.probe(volume, path, options, sectorSize: sectorSize)
    }

    // MARK: The table

    private var tableSectorSizes: [UInt64] { geometry.logicalSector.map { [$0] } ?? [512, 4096] }

    private func tables(of source: some VolumeSource) throws(OSError) -> [JSONValue] {
        var documents: [JSONValue] = []
        for size in tableSectorSizes {
            let reading = try TableReading(source, sectorSize: size)
            documents += [reading.document(device: ""), reading.verdict]
        }
        return documents
    }

    /// Our own reader tells what it reads.
    mutating func readTable() throws(OSError) {
        guard geometry.sizeInBytes > 0 else { return }
        let recorder = RecordingVolume(volume)
        do throws(OSError) { tables = try tables(of: recorder) } catch { return doubtTable("\(error)") }
        guard recorder.record.failures.isEmpty else { return doubtTable("it cannot be read everywhere") }
        let read = Sectors(recorder.record.kept)
        let copy = try sparse(read)
        let run = self
        let isSame = { (try? run.tables(of: copy.reader)) == run.tables }
        guard isSame() else { return doubtTable("it changed meanwhile") }
        var reduction = Reduction(of: copy, read, isSame)
        kept = try reduction.needed()
    }

    private mutating func doubtTable(_ why: String) {
        hasTable = false
        doubts.append("\(path): the partition table: \(why)")
    }

    // MARK: A look

    mutating func look(_ look: DeviceRecord.Look) throws(OSError) {
        guard let wanted = reports[look] else { return }
        let run = self
        for ends in Self.ends {
            let found = candidates(look, ends)
            var all = kept
            all.add(found)
            let copy = try sparse(all)
            let isSame = { (try? run.probe(copy.reader, look)) == wanted }
            guard isSame() else { continue }
            var others = found
            others.remove(kept)
            var reduction = Reduction(of: copy, others, isSame)
            var needed = try reduction.needed()
            guard needed.sizeInBytes <= Self.mostKept else { break }
            if Self.holdsMore(wanted) {
                needed.add(kept.within(look, of: geometry.sizeInBytes))
                var blanking = Blanking(of: copy, needed, granule: Self.granule) {
                    isSame() && (!run.hasTable || (try? run.tables(of: copy.reader)) == run.tables)
                }
                kept.remove(needed)
                needed = try blanking.needed()
                isRedacted = isRedacted || blanking.isChange
                kept.add(needed)
            } else {
                kept.add(needed)
            }
            faithful.append(look)
            return
        }
    }

    /// Whether sectors that an answer needs have other things beside: of encrypted volumes salts and digests of keys, of file systems whose
    /// label is a directory's entry the names of files.
    private static func holdsMore(_ report: ProbeReport) -> Bool {
        report.signatures.contains {
            $0.usage == "crypto" || ["vfat", "exfat", "hfs", "hfsplus"].contains($0.type)
        }
    }

    /// The sectors where something may be, in the part that is looked at.
    private func candidates(_ look: DeviceRecord.Look, _ ends: UInt64) -> Sectors {
        let window = WindowVolume(volume, from: look.offset, size: look.size)
        var found = Sectors()
        let places = LabelPlaces.fixed(sizeInBytes: window.sizeInBytes, ends: ends) + LabelPlaces.named(in: window)
        for place in places {
            // Parts begin at sectors.
            var start = place.lowerBound / Sectors.size * Sectors.size
            let end = min(place.upperBound, window.sizeInBytes)
            while start < end {
                let count = Int(min(1 << 20, (end - start + Sectors.size - 1) / Sectors.size * Sectors.size))
                // Where it cannot be read, the comparison tells whether that matters.
                if let bytes = try? window.read(at: start, count: count) {
                    found.insert(bytes, at: min(look.offset, volume.sizeInBytes) + start)
                }
                start += UInt64(count)
            }
        }
        return found
    }

    private func sparse(_ sectors: Sectors) throws(OSError) -> WritableDevice {
        let copy = try WritableDevice(inMemory: geometry.sizeInBytes, subject: path.string)
        try sectors.write(to: copy)
        return copy
    }

    // MARK: The end

    /// All that is kept, judged once more.
    mutating func finished() throws(OSError) -> SparseProbe.Capture {
        let copy = try sparse(kept)
        if hasTable, geometry.sizeInBytes > 0, (try? tables(of: copy.reader)) != tables {
            doubtTable("its record answers otherwise")
        }
        let answered = faithful.filter { look in (try? probe(copy.reader, look)) == reports[look] }
        let others = looks.filter { !answered.contains($0) }
        doubts += others.map { look in
            look.size == nil ? "\(path): the whole of it" : "\(path): the part at byte \(look.offset)"
        }
        let record = DeviceRecord(
            path: path, geometry: geometry, looks: answered + refused, doubtfulLooks: others, hasTable: hasTable,
            windows: kept.windows(sizeInBytes: geometry.sizeInBytes))
        return SparseProbe.Capture(record: record, doubts: doubts, isRedacted: isRedacted)
    }
}
