import ArgumentParser
import BlockDevices
import Documents
import Kernel
import Recordings
import SystemPackage

struct DiskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disk", abstract: "Disks and what is on them.",
        subcommands: [List.self, Show.self, ProbeDisk.self, Select.self, Holders.self, Wipe.self, Loop.self])

    /// A disk as the verbs tell of it: what it is, what is on it, who uses it.
    struct Found {
        var disk: Disk
        let uses: [DiskUse]

        var isSystemDisk: Bool {
            uses.contains { use in
                use.kind == .mount && use.process == nil
                    && ["/", "/usr", "/boot", "/boot/efi", "/efi"].contains(use.name)
            }
        }

        var document: JSONValue {
            guard case .object(var members) = disk.document else { return .null }
            members["in_use_by"] = .array(uses.map(\.document))
            members["system_disk"] = .bool(isSystemDisk)
            return .object(members)
        }
    }

    /// Every disk, probed all at once where `isProbed`; what could not be read on one is told by the second.
    static func all(_ operation: String, _ host: HostOptions, isProbed: Bool = true) throws -> ([Found], [OSError]) {
        try host.withHost(operation) { try all(operation, $0, isProbed: isProbed) }
    }

    static func all(_ operation: String, _ host: Host, isProbed: Bool = true) throws -> ([Found], [OSError]) {
        try look(at: Disk.all(in: host.root), operation, host, isProbed: isProbed)
    }

    private static func look(
        at disks: [Disk], _ operation: String, _ host: Host, isProbed: Bool = true
    ) throws -> ([Found], [OSError]) {
        var disks = disks
        let plane = try DiskPlane(operation, host, recording: disks)
        let graph = HolderGraph(of: host.root, openers: plane.openers)
        var problems: [OSError] = []
        if isProbed { (disks, problems) = DiskSurvey.probe(disks, in: plane.nodes) }
        plane.miss(problems)
        return (disks.map { Found(disk: $0, uses: graph.uses(of: $0)) }, problems)
    }

    /// The answer of `disk list --json`.
    static func list(_ host: Host) throws -> JSONValue { .array(try all("disk list", host).0.map(\.document)) }

    static func table(_ found: [Found]) -> String {
        var table = Table("DISK", "SIZE", "SECTOR", "TRANSPORT", "MODEL", "SERIAL", "TYPE", "LABEL", "UUID", "IN USE")
        for item in found {
            let disk = item.disk
            let report = disk.signature
            let own = item.uses.filter { use in !disk.partitions.contains { $0.name == use.device } }
            table.add(
                disk.path.string, String.size(disk.sizeInBytes), disk.logicalSectorInBytes.map { "\($0)" },
                disk.transport, disk.model, disk.serial, report?.type ?? report?.partitionTable, report?.label,
                report?.uuid ?? report?.partitionTableUUID, words(own))
            for partition in disk.partitions {
                table.add(
                    "  \(partition.path)", String.size(partition.sizeInBytes), nil, nil, nil, nil,
                    partition.signature?.type, partition.signature?.label, partition.signature?.uuid,
                    words(item.uses.filter { $0.device == partition.name }))
            }
        }
        return table.text
    }

    private static func words(_ uses: [DiskUse]) -> String? {
        uses.isEmpty ? nil : uses.map { "\($0.kind.rawValue) \($0.name)" }.joined(separator: ", ")
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the disks; with the privilege to read them, what libblkid finds on each.")
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let (found, problems) = try DiskCommand.all("disk list", host)
            try output.answer(.array(found.map(\.document)), table: DiskCommand.table(found))
            // The list is whole; what could not be read on a disk is told beside it.
            for problem in problems where !output.json { Terminal.note("slipway: \(problem)") }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows all that is known of a disk.")
        @Argument(help: "A disk: /dev/sda, or sda.") var disk: String
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let found = try DiskCommand.one("disk show", disk, host)
            try output.answer(found.document, table: Self.text(found))
        }

        private static func text(_ found: Found) -> String {
            var table = Table("KEY", "VALUE")
            for (key, value) in (found.disk.document.object ?? [:]).sorted(by: { $0.key < $1.key }) {
                switch value {
                case .null, .array, .object: continue
                case .string(let text): table.add(key, text)
                default: table.add(key, (try? JSONText.encode(value, as: .line)) ?? "")
                }
            }
            return table.text + "\n" + DiskCommand.table([found])
        }
    }

    /// - Throws: not found, with what there is.
    static func one(_ operation: String, _ text: String, _ host: HostOptions) throws -> Found {
        try host.withHost(operation) { host in
            let all = Disk.all(in: host.root)
            // A link, or another node of it, only this machine can follow.
            let known = all.first { $0.name == text || $0.path.string == text }
            guard let disk = known ?? (host.root.isLive ? Disk.find(text, in: host.root) : nil),
                let found = try look(at: [disk], operation, host).0.first
            else {
                throw notFound(operation, text, among: all)
            }
            return found
        }
    }

    /// - Parameter hint: what else may help, before the names that there are.
    static func notFound(
        _ operation: String, _ text: String, among all: [Disk], message: String = "no disk is called so",
        hint: String? = nil
    ) -> CommandFailure {
        let names = all.isEmpty ? "there are none" : "there are \(all.map(\.name).joined(separator: ", "))"
        return CommandFailure(
            .notFound, operation, on: text, message: message, hint: (hint.map { "\($0); " } ?? "") + names)
    }

    struct Holders: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says who uses a disk, in the order in which they have to end.")
        @Argument(help: "A disk: /dev/sda, or sda.") var disk: String
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let found = try DiskCommand.one("disk holders", disk, host)
            var table = Table("KIND", "DEVICE", "NAME", "PID", "TO END IT")
            for use in found.uses {
                table.add(use.kind.rawValue, use.device, use.name, use.process.map { "\($0)" }, use.remedy)
            }
            try output.answer(
                ["disk": .string(found.disk.path.string), "in_use_by": .array(found.uses.map(\.document))],
                table: found.uses.isEmpty ? "nobody uses \(found.disk.path)" : table.text)
        }
    }

    struct Select: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the disks that an expression means; exit 4 for none.",
            discussion: """
                Like 'size >= 100GB && transport == "nvme" && !removable'. Keys of text take * and ?; there is system_disk, too.
                With --one more than one is refused, exit 3.
                """)
        @Argument(help: "The expression.") var expression: String
        @Flag(help: "Exactly one is wanted.") var one = false
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let selector: DiskSelector
            do { selector = try DiskSelector(expression) } catch {
                throw CommandFailure(.usage, "disk select", on: "'\(expression)'", message: "\(error)")
            }
            let (all, _) = try DiskCommand.all("disk select", host, isProbed: selector.asksForContents || output.json)
            let found = all.filter { selector.matches($0.disk, isSystemDisk: $0.isSystemDisk) }
            if found.isEmpty {
                throw DiskCommand.notFound(
                    "disk select", "'\(expression)'", among: all.map(\.disk), message: "no disk matches")
            }
            if one, found.count > 1 {
                if !output.json { Terminal.note(DiskCommand.table(found)) }
                throw CommandFailure(
                    .refused, "disk select", on: "'\(expression)'",
                    message: "\(found.count) disks match: \(found.map(\.disk.name).joined(separator: ", "))",
                    hint: "name one by its serial or wwid")
            }
            try output.answer(.array(found.map(\.document)), table: DiskCommand.table(found))
        }
    }
}
