import ArgumentParser
import Documents
import Kernel
import Partitions
import Provisioning
import Recordings
import SystemPackage

struct PartitionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "partition", abstract: "Partition tables of disks and images.",
        subcommands: [Show.self, Plan.self, Apply.self, Verify.self, Repair.self])

    /// Which disk, of which sectors.
    struct DiskOptions: ParsableArguments {
        @Argument(help: "A disk, or an image file.") var path: String
        @Option(help: ArgumentHelp("Of an image's sectors, in bytes; a disk has its own.", valueName: "n"))
        var sectorSize: UInt64?

        func validate() throws {
            if path.isEmpty { throw ValidationError("The path is empty.") }
            if let sectorSize, ![512, 1024, 2048, 4096].contains(sectorSize) {
                throw ValidationError("--sector-size is 512 or 4096.")
            }
        }

        /// Opens and reads it.
        func read(_ operation: String, _ host: Host) throws -> (disk: TableDisk, reading: TableReading) {
            let plane = try DiskPlane(operation, host)
            return try telling(operation) { () throws(PartitionError) in
                do throws(PartitionError) {
                    let disk = try TableDisk(FilePath(path), sectorSize: sectorSize, plane.nodes)
                    return (disk, try disk.read())
                } catch {
                    if case .system(let error) = error { plane.miss([error]) }
                    throw error
                }
            }
        }

        /// What fails inside fails in the words of the command.
        func telling<Answer>(_ operation: String, _ body: () throws(PartitionError) -> Answer) throws -> Answer {
            do { return try body() } catch { throw CommandFailure(error, operation, on: path) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the table; as JSON the document of 'sfdisk -J', with problems.")
        @OptionGroup var disk: DiskOptions
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let reading = try host.withHost("partition show") { try disk.read("partition show", $0).reading }
            try output.answer(
                reading.document(device: disk.path), table: PartitionTables.text(reading, device: disk.path))
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks both copies of the table, and what they say of the disk; exit 1 for any problem.")
        @OptionGroup var disk: DiskOptions
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let reading = try host.withHost("partition verify") { try disk.read("partition verify", $0).reading }
            try output.answer(reading.verdict, table: PartitionTables.verdict(reading))
            if !reading.problems.isEmpty { throw ExitCode(CommandFailure.Exit.failed.rawValue) }
        }
    }

    struct Plan: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows what a plan would make of the disk.")
        @OptionGroup var disk: DiskOptions
        @OptionGroup var plan: PlanOptions
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let wanted = try plan.read("partition plan")
            let planned = try host.withHost("partition plan") { host in
                let (opened, reading) = try disk.read("partition plan", host)
                return try disk.telling("partition plan") { () throws(PartitionError) in
                    try PartitionTables.planned(wanted, opened, reading)
                }
            }
            let size = planned.table.sectorSize
            try output.answer(
                PartitionTables.document(planned, sectorSize: size, applied: false),
                table: PartitionTables.text(planned, size))
        }
    }

    struct PlanOptions: ParsableArguments {
        @Option(
            name: .customLong("plan"),
            help: ArgumentHelp("The plan: YAML or JSON; - is standard input.", valueName: "file"))
        var file: String
        @Option(help: ArgumentHelp("From which GUIDs are made, instead of the plan's.", valueName: "text")) var seed:
            String?

        func read(_ operation: String) throws -> PartitionPlan {
            let bytes: [UInt8]
            do throws(OSError) {
                bytes = try LiveFiles().contents(
                    of: FilePath(file == "-" ? "/proc/self/fd/0" : file), limit: PartitionPlan.documentLimit + 1)
            } catch { throw CommandFailure(error, operation) }
            do {
                var plan = try PartitionPlan(text: bytes)
                if let seed { plan.seed = seed }
                return plan
            } catch let error as DocumentError {
                throw CommandFailure(.usage, operation, on: file, message: "the plan is no YAML or JSON: \(error)")
            } catch {
                throw CommandFailure(.usage, operation, on: file, message: "the plan: \(error)")
            }
        }
    }

    /// What the verbs that write share.
    struct WriteOptions: ParsableArguments {
        @Flag(help: "Write; without it nothing is.") var yes = false
        @Option(help: ArgumentHelp("Where the old tables are saved.", valueName: "file")) var save: String?
        @Option(help: "How long others' locks and openings are waited for, in seconds.") var timeout = 10

        func validate() throws {
            if save?.isEmpty == true { throw ValidationError("--save is empty.") }
            guard (0...3600).contains(timeout) else { throw ValidationError("--timeout is from 0 to 3600.") }
        }

        func backups(of path: String) -> [FilePath] {
            if let save { return [FilePath(save)] }
            let name = "\(FilePath(path).lastComponent?.string ?? "disk")-\(WallClock.compact)"
            return (0..<100).map { FilePath("\(name)\($0 == 0 ? "" : "-\($0)").partition-table.json") }
        }
    }

    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the table that a plan says; without --yes it shows what that would do.",
            discussion: "The old tables are saved first. A power cut leaves the old table or the new one.")
        @OptionGroup var disk: DiskOptions
        @OptionGroup var plan: PlanOptions
        @OptionGroup var write: WriteOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let wanted = try plan.read("partition apply")
            try PartitionTables.write("partition apply", disk, write, output) {
                opened, reading throws(PartitionError) in
                try PartitionTables.planned(wanted, opened, reading)
            }
        }
    }

    struct Repair: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Mends a damaged GPT from its intact copy; without --yes it shows what that would do.",
            discussion: "Partitions are never moved, shrunk or dropped. The old tables are saved first.")
        @OptionGroup var disk: DiskOptions
        @OptionGroup var write: WriteOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try PartitionTables.write("partition repair", disk, write, output) { _, reading throws(PartitionError) in
                let repair = try TableRepair(reading)
                return PlannedTable(repair)
            }
        }
    }
}

extension CommandFailure {
    init(_ error: PartitionError, _ operation: String, on path: String) {
        switch error {
        case .system(let error): self.init(error, operation)
        case .refused:
            self.init(.refused, operation, on: path, message: "\(error)")
        case .noTable:
            self.init(.notFound, operation, on: path, message: "\(error)", hint: "see slipway partition verify \(path)")
        case .diskTooSmall, .noSuchPartition, .tableFull, .slotTaken, .noSpace, .invalid:
            self.init(.failed, operation, on: path, message: "\(error)")
        }
    }
}
