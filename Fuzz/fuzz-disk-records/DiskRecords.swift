import BlockDevices
import Driver
import Kernel
import Partitions

/// The plane `disks` of a recording: read, written and read again, and each record probed as it says.
@main
enum DiskRecords {
    static func main() {
        fuzz { start, count in
            guard let records = try? DeviceRecords(decoding: bytes(start, count)) else { return 0 }
            guard let text = try? records.encoded(), let again = try? DeviceRecords(decoding: text), again == records
            else { fatalError("what was read is not what is written") }
            for record in records.devices.values.prefix(2) {
                for look in record.looks.prefix(2) {
                    var options = ProbeOptions()
                    (options.offset, options.size, options.listsSignatures) = (look.offset, look.size, true)
                    _ = try? record.probe(options)
                }
                guard let volume = try? record.tableVolume() else { continue }
                _ = try? TableReading(volume, sectorSize: record.geometry.logicalSector ?? 512)
            }
            return 0
        }
    }
}
