public import BlockDevices
public import Documents
internal import Kernel
internal import Partitions
internal import SystemPackage

/// What a wipe of a disk would do: made without a write.
public struct WipePlan: Sendable {
    public let disk: Disk
    public let requested: WipeMethod
    public let operation: EraseOperation
    public let offers: EraseOffers
    /// Places in bytes where partitions are, of the kernel's and of the tables that were found, each once.
    public let ranges: [Range<UInt64>]
    /// What is on the disk and in each of ``ranges``.
    public let signatures: [ProbeReport.Signature]
    /// What could not be read of the disk: it is wiped all the same, as far as it can be written.
    public let unreadable: [String]
    /// Uses of the disk that are ended first.
    public internal(set) var teardown: [DiskUse] = []
    /// Copies of tables, and the first sectors of extended partitions.
    let tables: [Range<UInt64>]

    /// Of a handle that is open.
    /// - Throws: the refusals, before anything is read for nothing: a read-only disk, one that is used, a method that it lacks.
    init(
        _ handle: borrowing DiskHandle, _ method: WipeMethod, _ commands: any DeviceCommands
    ) throws(DiskError) {
        let disk = handle.disk
        self.disk = disk
        requested = method
        offers = EraseOffers(of: disk, commands)
        operation = try offers.operation(for: method, of: disk)
        // A device that sanitizes itself answers no reading, and nothing will be left of what is on it.
        let layout = offers.running == nil ? Layout(of: disk, handle.device) : Layout()
        ranges = layout.ranges
        tables = layout.tables
        var found: [ProbeReport.Signature] = []
        var unreadable = layout.unreadable
        for range in offers.running == nil ? [0..<disk.sizeInBytes] + ranges : [] {
            do throws(OSError) {
                found += try SignatureWipe.find(on: handle.device, range: range, subject: disk.path.string)
            } catch {
                unreadable.append("\(error)")
            }
        }
        self.unreadable = unreadable
        var seen: Set<ProbeReport.Signature> = []
        signatures = found.filter { seen.insert($0).inserted }
    }

    public var document: JSONValue {
        [
            "applied": false, "device": disk.identity, "requested": .string(requested.rawValue),
            "method": .string(operation.rawValue), "guarantee": .string(operation.guarantee.rawValue),
            "bytes": JSONValue(disk.sizeInBytes), "teardown": .array(teardown.map(\.document)),
            "offers": offers.document,
            "unreadable": .array(unreadable.map { .string($0) }), "partitions": .array(ranges.map(\.placeDocument)),
            "signatures": .array(signatures.map(\.document)),
        ]
    }

    /// Where the old layout is.
    private struct Layout {
        var ranges: [Range<UInt64>] = []
        var tables: [Range<UInt64>] = []
        var unreadable: [String] = []

        init() {}

        init(of disk: Disk, _ device: WritableDevice) {
            let end = disk.sizeInBytes
            let sector = disk.logicalSectorInBytes ?? 512
            for partition in disk.partitions {
                // sysfs counts in 512 bytes, whatever the sector size.
                Self.add(partition.start, partition.sizeInBytes / 512, unit: 512, end, to: &ranges)
            }
            // A table of the other sector size is of a life in another enclosure, and its file systems come back with it.
            for size in [sector] + [512, 4096].filter({ $0 != sector }) {
                do throws(OSError) {
                    add(try TableReading(device, sectorSize: size), size, end)
                } catch {
                    unreadable.append("\(error)")
                }
            }
        }

        private mutating func add(_ reading: TableReading, _ sector: UInt64, _ end: UInt64) {
            for partition in reading.table?.partitions ?? [] {
                let entry = partition.entry
                Self.add(entry.firstLBA, entry.sectorCount, unit: sector, end, to: &ranges)
            }
            for partition in reading.dos?.partitions ?? [] {
                if partition.isExtended {
                    Self.add(partition.firstLBA, 1, unit: sector, end, to: &tables)
                } else {
                    Self.add(partition.firstLBA, partition.sectorCount, unit: sector, end, to: &ranges)
                }
            }
            for copy in [reading.primary, reading.backup].compactMap({ $0 }) + reading.strayBackups {
                Self.add(copy.lba, 1, unit: sector, end, to: &tables)
                let entries = UInt64(copy.entriesArea.count) / sector
                Self.add(copy.header.entriesLBA, entries, unit: sector, end, to: &tables)
            }
        }

        /// What passes the end of the disk is cut there: a table may say anything.
        private static func add(
            _ start: UInt64?, _ count: UInt64?, unit: UInt64, _ end: UInt64, to list: inout [Range<UInt64>]
        ) {
            guard let start, let count, count > 0, start < end / unit else { return }
            let (last, overflow) = start.addingReportingOverflow(count)
            let range = start * unit..<(overflow || last > end / unit ? end : last * unit)
            if !list.contains(range) { list.append(range) }
        }
    }
}

extension Range<UInt64> {
    var placeDocument: JSONValue { ["offset": JSONValue(lowerBound), "length": JSONValue(upperBound - lowerBound)] }
}

extension Disk {
    /// What tells it, in plans and certificates.
    var identity: JSONValue {
        [
            "path": .string(path.string), "dev": .string(device), "diskseq": JSONValue(diskSequence),
            "model": JSONValue(model), "serial": JSONValue(serial), "wwid": JSONValue(wwid), "eui": JSONValue(eui),
            "nguid": JSONValue(nguid), "firmware": JSONValue(firmware), "transport": JSONValue(transport),
            "size_bytes": JSONValue(sizeInBytes), "logical_sector_bytes": JSONValue(logicalSectorInBytes),
        ]
    }
}
