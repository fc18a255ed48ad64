import ArgumentParser
import BlockDevices
import Documents
import Kernel
import SystemPackage

struct DiskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disk", abstract: "Disks and what is on them.", subcommands: [List.self, ProbeDisk.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the disks; with the privilege to read them, what libblkid finds on each.")
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            if let replay = host.replay {
                throw CommandFailure(
                    .failed, "disk list", on: replay,
                    message: "recordings hold no disks yet: their planes are files alone",
                    hint: "use --root with a copy of /sys")
            }
            var problems: [OSError] = []
            let disks = try host.read("disk list") { root in
                Disk.all(in: root).map { disk in
                    var disk = disk
                    disk.probe(in: root) { problems.append($0) }
                    return disk
                }
            }
            try output.answer(.array(disks.map(\.document)), table: Self.table(disks))
            // The list is whole; what could not be read on a disk is told beside it.
            for problem in problems where !output.json { Terminal.note("slipway: \(problem)") }
        }

        private static func table(_ disks: [Disk]) -> String {
            var table = Table("DISK", "SIZE", "SECTOR", "TRANSPORT", "MODEL", "SERIAL", "TYPE", "LABEL", "UUID")
            for disk in disks {
                let found = disk.signature
                table.add(
                    disk.path.string, String.size(disk.sizeInBytes), disk.logicalSectorInBytes.map { "\($0)" },
                    disk.transport, disk.model, disk.serial, found?.type ?? found?.partitionTable, found?.label,
                    found?.uuid ?? found?.partitionTableUUID)
                for partition in disk.partitions {
                    table.add(
                        "  \(partition.path)", String.size(partition.sizeInBytes), nil, nil, nil, nil,
                        partition.signature?.type, partition.signature?.label, partition.signature?.uuid)
                }
            }
            return table.text
        }
    }
}
