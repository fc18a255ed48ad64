import Driver
import Kernel
import Partitions

/// A plan, as YAML or JSON, that meets an empty disk, one with a table, and one that is too small; what it makes is written and read.
@main
enum Plans {
    static let disks: [MemoryPages] = {
        var disks = [1 << 40, 64 << 20, 20 << 10].map { MemoryPages(sizeInBytes: $0) }
        let device = MemoryDevice(disks[1])
        if let plan = try? PartitionPlan(
            text: Array("{seed: x, partitions: [{type: esp, label: A, size: 8MiB}, {type: swap, size: 4MiB}]}".utf8)),
            let reading = try? TableReading(device, sectorSize: 512),
            let planned = try? PlannedTable(plan, over: reading)
        {
            try? TableCommit(planned.table, over: reading, on: device).run(on: device)
        }
        disks.append(device.contents)
        return disks
    }()

    static func main() {
        fuzz { start, count in
            guard let plan = try? PartitionPlan(text: bytes(start, count)) else { return 0 }
            for disk in Plans.disks {
                for size in [512, 4096] as [UInt64] { Plans.run(plan, MemoryDevice(disk), size) }
            }
            return 0
        }
    }

    private static func run(_ plan: PartitionPlan, _ device: MemoryDevice, _ sectorSize: UInt64) {
        guard let reading = try? TableReading(device, sectorSize: sectorSize),
            let planned = try? PlannedTable(plan, over: reading, of: .init(optimalTransfer: 1 << 18, contents: nil))
        else { return }
        _ = planned.changes.map(\.summary)
        _ = planned.bytesAtRisk
        let commit: TableCommit
        do { commit = try TableCommit(planned.table, over: reading, on: device) } catch {
            fatalError("a plan that cannot be written: \(error)")
        }
        guard (try? commit.run(on: device)) != nil, let again = try? TableReading(device, sectorSize: sectorSize) else {
            fatalError("a plan that cannot be carried out")
        }
        guard again.table?.partitions == planned.table.partitions, again.primary?.isIntact == true,
            again.backup?.isIntact == true
        else { fatalError("what was written is not what was planned") }
    }
}
