import ArgumentParser
import BlockDevices
import Documents
import Kernel
import Provisioning
import SystemPackage

extension DiskCommand {
    struct Wipe: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Wipes a disk, and says what may be relied on afterwards; without --yes it shows what that would do.",
            discussion: """
                signatures takes the magic strings and tables away, discard is a hint to the device, zero writes zeros, secure is the \
                device's own erasure (NVMe format or sanitize, SCSI sanitize, ATA security erase, eMMC secure discard), auto is secure \
                where the device offers it, else zero. A method that the device lacks is refused. A disk that is used is refused; \
                'slipway disk holders' says by whom, and --teardown ends that. The answer is a certificate; exit 1 where it is not complete.
                """)
        @Argument(help: "The disk: /dev/sda, or sda.") var disk: String
        @Option(help: "signatures, discard, zero, secure or auto.", transform: Self.method) var method: WipeMethod
        @Flag(help: "Wipe; without it nothing is.") var yes = false
        @Flag(
            help:
                "End what uses the disk first: unmount, swap off, stop arrays and volumes; never what other processes have open."
        )
        var teardown = false
        @Option(help: "How long others' locks and openings are waited for, in seconds.") var timeout = 10
        @OptionGroup var output: OutputOptions

        private static let operation = "disk wipe"

        private static func method(_ word: String) throws -> WipeMethod {
            guard let method = WipeMethod(rawValue: word) else {
                throw ValidationError("--method is signatures, discard, zero, secure or auto.")
            }
            return method
        }

        func validate() throws {
            if disk.isEmpty { throw ValidationError("The disk is not named.") }
            guard (0...3600).contains(timeout) else { throw ValidationError("--timeout is from 0 to 3600.") }
        }

        func run() throws {
            let interrupt = Interrupt()
            let chosen = try chosen()
            if teardown, !yes {
                let plan = try Self.telling { () throws(DiskError) in
                    try DiskWipe.preview(chosen, method, in: .live)
                }
                return try output.answer(plan.document, table: Self.text(plan))
            }
            let wipe = try Self.telling { () throws(DiskError) in
                try DiskWipe(chosen, method, tearsDown: teardown, in: .live, until: Deadline(in: .seconds(timeout)))
            }
            if yes { return try finish(wipe, interrupt) }
            try output.answer(wipe.plan.document, table: Self.text(wipe.plan))
        }

        private static func telling<Answer: ~Copyable>(_ body: () throws(DiskError) -> Answer) throws -> Answer {
            do { return try body() } catch { throw CommandFailure(error, operation) }
        }

        /// - Throws: not found, with what there is; refused, for a partition or a file.
        private func chosen() throws -> Disk {
            if let found = Disk.find(disk, in: .live) { return found }
            let all = Disk.all(in: .live)
            let name = disk.hasPrefix("/dev/") ? String(disk.dropFirst(5)) : disk
            if let whole = all.first(where: { $0.partitions.contains { $0.name == name } }) {
                throw CommandFailure(
                    .refused, Self.operation, on: disk, message: "it is a partition of \(whole.path)",
                    hint:
                        "whole disks are wiped: 'slipway partition apply' makes partitions anew, and wipes what is in them"
                )
            }
            throw DiskCommand.notFound(
                Self.operation, disk, among: all, hint: "a file is one after 'slipway disk loop attach'")
        }

        private func finish(_ wipe: borrowing DiskWipe, _ interrupt: Interrupt) throws {
            let started = WallClock.full
            let meter = ProgressMeter(Self.operation, asJSON: output.json)
            let certificate = wipe.run { step, report in
                meter.tell(step.rawValue, report.map { ($0.done, $0.total) })
                return !interrupt.isPending
            }
            meter.end()
            try output.answer(
                certificate.document(tool: "slipway \(Version.text)", started: started), table: Self.text(certificate))
            switch certificate.result {
            case .complete: return
            case .failed: throw ExitCode(CommandFailure.Exit.failed.rawValue)
            case .cancelled, .sanitizing: throw ExitCode(CommandFailure.Exit.interrupted.rawValue)
            }
        }

        private static func text(_ plan: WipePlan) -> String {
            let disk = plan.disk
            var table = Table("DISK", "SIZE", "MODEL", "SERIAL", "METHOD", "GUARANTEE")
            table.add(
                disk.path.string, String.size(disk.sizeInBytes), disk.model, disk.serial, plan.operation.rawValue,
                plan.operation.guarantee.rawValue)
            var lines = [table.text, ""]
            if plan.signatures.isEmpty {
                lines.append("Nothing is found on it.")
            } else {
                var found = Table("FOUND", "OFFSET")
                for signature in plan.signatures { found.add(signature.type, "\(signature.offset)") }
                lines.append(found.text)
            }
            if let running = plan.offers.running {
                lines.append("A sanitize (\(running.rawValue)) goes on in it already.")
            }
            lines += plan.unreadable.map { "Unreadable: \($0)." }
            lines += plan.teardown.map { "First: \($0.remedy) (\($0.sentence))." }
            lines += plan.offers.refusals.map { "Not offered: \($0)." }
            lines.append(
                "\(plan.ranges.count) partitions, \(plan.signatures.count) signatures. Nothing was written: give --yes to wipe \(disk.path)."
            )
            return lines.joined(separator: "\n")
        }

        private static func text(_ certificate: WipeCertificate) -> String {
            let plan = certificate.plan
            var lines = [
                "\(plan.disk.path): \(certificate.result.rawValue), \(plan.operation.rawValue) in \(certificate.duration.inSeconds.tenths) s (\(plan.operation.guarantee.rawValue)); \(certificate.wiped.count) signatures and \(certificate.partitionsRemoved) partitions went, \(certificate.samples.count) samples were read"
            ]
            if let error = certificate.error { lines.append("failed   \(error)") }
            lines += certificate.failures.map { failure in
                "failed   \(failure.range.upperBound - failure.range.lowerBound) bytes at \(failure.range.lowerBound): \(failure.reason)"
            }
            return lines.joined(separator: "\n")
        }
    }
}

extension CommandFailure {
    init(_ error: DiskError, _ operation: String) {
        switch error {
        case .system(let error): self.init(error, operation)
        case .changed(let path, _):
            self.init(.failed, operation, on: path.string, message: "\(error)", hint: "choose it anew")
        case .inUse(let path, let uses):
            self.init(
                .refused, operation, on: path.string,
                message: "it is in use\(DiskUse.words(uses))",
                hint: uses.isEmpty ? nil : "to end that: \(uses.map(\.remedy).joined(separator: "; "))")
        case .refused(let path, let reason): self.init(.refused, operation, on: path.string, message: reason)
        }
    }
}
