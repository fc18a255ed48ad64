import ArgumentParser
import BlockDevices
import Documents
import Kernel
import Recordings
import SystemPackage

extension DiskCommand {
    struct ProbeDisk: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "probe",
            abstract: "Says what is on a device or image: its type, every signature, its table, what is wrong.",
            discussion: "Nothing found is a type of null, and no failure.")
        @Argument(help: "A device, or an image file.") var path: String
        @Flag(help: "Looks into each partition of the table, too.") var all = false
        @Option(help: ArgumentHelp("Where to begin, in bytes.", valueName: "n")) var offset: UInt64 = 0
        @Option(help: ArgumentHelp("How far to look, in bytes.", valueName: "n")) var size: UInt64?
        @Option(help: ArgumentHelp("Of an image's sectors, in bytes; a device has its own.", valueName: "n"))
        var sectorSize: UInt32?
        @Option(help: ArgumentHelp("Where an optical medium's last session begins, in bytes.", valueName: "n"))
        var sessionOffset: UInt64?
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if path.isEmpty { throw ValidationError("The path is empty.") }
            if let sectorSize, ![512, 1024, 2048, 4096].contains(sectorSize) {
                throw ValidationError("--sector-size is 512 or 4096.")
            }
            if size == 0 { throw ValidationError("--size cannot be zero.") }
        }

        func run() throws {
            var options = ProbeOptions()
            options.offset = offset
            options.size = size
            options.sectorSize = sectorSize
            options.sessionOffset = sessionOffset
            options.listsSignatures = true
            let (report, contents) = try host.withHost("disk probe") { try look($0, options) }
            try output.answer(Self.document(report, contents), table: Self.text(report, contents, path))
        }

        /// What is on it, and in its partitions by their numbers where that is asked for.
        private func look(_ host: Host, _ options: ProbeOptions) throws -> (ProbeReport, [Int: ProbeReport]) {
            let plane = try DiskPlane("disk probe", host)
            do throws(OSError) {
                let report = try plane.nodes.probe(FilePath(path), options)
                var contents: [Int: ProbeReport] = [:]
                for partition in all ? report.partitions : [] {
                    contents[partition.number] = try Self.look(into: partition, plane.nodes, path, options)
                }
                return (report, contents)
            } catch {
                plane.miss([error])
                throw CommandFailure(error, "disk probe")
            }
        }

        /// Nil where it is not within the device.
        private static func look(
            into partition: ProbeReport.Partition, _ nodes: DeviceNodes, _ path: String, _ options: ProbeOptions
        ) throws(OSError) -> ProbeReport? {
            var inner = options
            let (start, startOverflow) = partition.start.multipliedReportingOverflow(by: 512)
            let (size, sizeOverflow) = partition.size.multipliedReportingOverflow(by: 512)
            let (offset, offsetOverflow) = options.offset.addingReportingOverflow(start)
            guard !startOverflow, !sizeOverflow, !offsetOverflow, size > 0 else { return nil }
            inner.offset = offset
            inner.size = size
            do throws(OSError) {
                return try nodes.probe(FilePath(path), inner)
            } catch {
                guard error.errno == .invalidArgument else { throw error }
                return nil
            }
        }

        private static func document(_ report: ProbeReport, _ contents: [Int: ProbeReport]) -> JSONValue {
            guard !contents.isEmpty, case .object(var members) = report.document else { return report.document }
            members["partitions"] = .array(
                (report.document["partitions"]?.array ?? []).map { partition in
                    guard case .object(var inner) = partition, let number = partition["number"]?.integer else {
                        return partition
                    }
                    inner["contents"] = contents[Int(number)]?.document ?? .null
                    return .object(inner)
                })
            return .object(members)
        }

        private static func text(_ report: ProbeReport, _ contents: [Int: ProbeReport], _ path: String) -> String {
            var lines = [summary(report, path)]
            if !report.signatures.isEmpty {
                var table = Table("OFFSET", "TYPE", "USAGE", "MAGIC")
                for signature in report.signatures {
                    table.add(
                        "0x" + String(signature.offset, radix: 16), signature.type, signature.usage,
                        signature.document["magic"]?.string)
                }
                lines.append(table.text)
            }
            if !report.partitions.isEmpty {
                var table = Table("NUMBER", "START", "SIZE", "TYPE", "NAME", "CONTENTS")
                for partition in report.partitions {
                    table.add(
                        "\(partition.number)", "\(partition.start)",
                        String.size(partition.size.multipliedReportingOverflow(by: 512).partialValue), partition.type,
                        partition.name, contents[partition.number].map { $0.type ?? $0.partitionTable ?? "nothing" })
                }
                lines.append(table.text)
            }
            lines += report.problems.map { "problem  \($0.code): \($0.message)" }
            return lines.joined(separator: "\n")
        }

        private static func summary(_ report: ProbeReport, _ path: String) -> String {
            if report.isAmbivalent { return "\(path): ambivalent" }
            let words = [
                report.type, report.version.map { "version \($0)" }, report.label.map { "label '\($0)'" },
                report.uuid.map { "UUID \($0)" }, report.partitionTable.map { "partition table \($0)" },
            ].compactMap { $0 }
            return "\(path): \(words.isEmpty ? "nothing that is known" : words.joined(separator: ", "))"
        }
    }
}
