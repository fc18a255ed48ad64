import ArgumentParser
import Documents
import Glibc
import ImageBuilder
import Kernel
import SystemPackage
import VirtualMachine

struct VMCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vm", abstract: "The node in a virtual machine.", subcommands: [Run.self, Modules.self])

    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Boots the node in QEMU on a simulated platform, shows its bring-up, and ends with its summary.",
            discussion: "Needs root for a network namespace of its own. What it keeps is in the last run's directory.")
        @Option(help: "Whose machine it is: \(names(MachineConfiguration.Platform.self)).") var platform = "aws"
        @Option(help: "\(names(MachineConfiguration.Firmware.self)).") var firmware = "bios"
        @Option(help: "\(names(MachineConfiguration.Kernel.self)); without it the devices decide.") var kernel: String?
        @Option(help: ArgumentHelp("BUS:SIZE[:SECTOR] or BUS:/IMAGE: virtio:8G, nvme:8G:4096.", valueName: "disk"))
        var disk: [String] = []
        @Option(help: "\(names(MachineConfiguration.NIC.self)).") var nic: [String] = []
        @Option(help: ArgumentHelp("Memory: 512M, 1G.", valueName: "size")) var memory = "512M"
        @Option(help: ArgumentHelp("Words for the kernel's command line.", valueName: "words")) var append: [String] =
            []
        @Option(help: ArgumentHelp("The metadata tree to serve; without it a sample.", valueName: "dir"))
        var metadata: String?
        @Option(
            help: ArgumentHelp(
                "A machine's document instead of --platform: facts, exchanges, volumes, as in Tests/Fixtures/platforms.",
                valueName: "file"))
        var machine: String?
        @Option(help: ArgumentHelp("Seconds that the run may take.", valueName: "seconds")) var timeout: Double = 180
        @Option(help: ArgumentHelp("An image that 'image build' made; without it one is built.", valueName: "file"))
        var image: String?
        @Option(help: ArgumentHelp("Where kernels and runs are.", valueName: "dir")) var cache = ".cache"
        @Flag(help: "Leave it up after ready, with its console, until Ctrl-C.") var keep = false
        @OptionGroup var options: OutputOptions

        func run() throws {
            do { try boot() } catch let error as MachineError { throw CommandFailure(error) }
        }

        private func boot() throws {
            let configuration = try configured()
            let interrupt = Interrupt()
            let executables = FilePath(try Self.ownPath()).removingLastComponent()
            let cache = try Self.absolute(cache)
            let parts = try MachineParts(cache: cache, executables: executables)
            // Before anything is made: a wrong --cache leaves no directory behind.
            _ = try MachineParts.kernelTree(configuration.effectiveKernel, in: cache)
            let progress = Progress(asJSON: options.json)
            var path = try Self.absolute(image ?? "")
            // Gone with the run, whatever way this function is left.
            var scratch: WorkDirectory?
            if image == nil {
                scratch = try workDirectory(cache)
                path = scratch?.path.appending("node.img") ?? path
                try build(path, configuration, cache, progress, interrupt)
            }
            defer { scratch?.remove() }
            progress.step(
                "boot", "QEMU with the \(configuration.effectiveKernel.rawValue) kernel as \(machine ?? platform)")
            var observer = VirtualMachine.Observer()
            observer.console = { progress.console($0) }
            observer.event = { progress.event($0) }
            let lastRun = cache.appending("last-run")
            let machine = try VirtualMachine(
                configuration, image: path, parts: parts, lastRun: lastRun, interrupt: interrupt.descriptor,
                observer: observer)
            let outcome = machine.wait()
            try tell(outcome, lastRun)
        }

        private func tell(_ outcome: MachineOutcome, _ lastRun: FilePath) throws {
            let summary = outcome.state.summary
            let isKept = keep && outcome.how == .interrupted && summary != nil
            guard outcome.isGood || isKept else {
                let exit: CommandFailure.Exit =
                    switch outcome.how {
                    case .timedOut: .timedOut
                    case .interrupted: .interrupted
                    default: .failed
                    }
                let failed = (summary?["failed"]?.array ?? []).compactMap(\.string)
                let state = failed.isEmpty ? "" : "; the node was degraded: \(failed.joined(separator: ", "))"
                throw CommandFailure(
                    exit, "vm run", message: outcome.words + state, hint: "its console is in \(lastRun)/console.log")
            }
            guard let summary else { return }
            var document = summary.object ?? [:]
            document["ended"] = .string(outcome.words)
            document["last_run"] = .string(lastRun.string)
            try options.answer(.object(document), table: Summary.text(summary, outcome, lastRun))
        }

        private func configured() throws -> MachineConfiguration {
            var machine = MachineConfiguration()
            machine.machine = try self.machine.map { try Self.document($0) }
            machine.platform = try Self.choice(platform, "--platform")
            machine.firmware = try Self.choice(firmware, "--firmware")
            machine.kernel = try kernel.map { try Self.choice($0, "--kernel") }
            machine.disks = try DiskSpecification.list(disk)
            if !nic.isEmpty { machine.nics = try nic.map { try Self.choice($0, "--nic") } }
            guard let mebibytes = MachineConfiguration.mebibytes(memory), (64...1 << 20).contains(mebibytes) else {
                throw CommandFailure(
                    .usage, "vm run", on: "--memory \(memory)", message: "no size from 64M to 1T",
                    hint: "for example 512M")
            }
            machine.memoryInMiB = mebibytes
            machine.append = append.flatMap { $0.split(separator: " ").map(String.init) }
            machine.metadata = try metadata.map { try Self.absolute($0) }
            guard timeout > 0, timeout <= 86_400 else {
                throw CommandFailure(
                    .usage, "vm run", on: "--timeout \(timeout)", message: "no number of seconds up to 86400")
            }
            machine.timeout = .seconds(timeout)
            machine.keep = keep
            return machine
        }

        private static func document(_ path: String) throws -> SimulatedMachine {
            do {
                let bytes = try HostRoot.live.contents(of: absolute(path), limit: 64 << 20)
                return try SimulatedMachine(document: JSONText.decode(JSONValue.self, from: bytes))
            } catch let error as MachineError {
                throw CommandFailure(
                    .usage, "vm run", on: "--machine \(path)", message: error.message, hint: error.hint)
            } catch let error as OSError {
                throw CommandFailure(error, "vm run", hint: "give a file with a machine's document")
            } catch {
                throw CommandFailure(.usage, "vm run", on: "--machine \(path)", message: "no JSON: \(error)")
            }
        }

        private func workDirectory(_ cache: FilePath) throws -> WorkDirectory {
            do { return try WorkDirectory(below: cache.appending("runs")) } catch {
                throw CommandFailure(error, "vm run", hint: "give --cache a directory that can be written")
            }
        }

        private func build(
            _ path: FilePath, _ configuration: MachineConfiguration, _ cache: FilePath, _ progress: Progress,
            _ interrupt: Interrupt
        ) throws {
            let kernel = try MachineParts.kernelTree(configuration.effectiveKernel, in: cache)
            progress.step("image", "building one for this run")
            var build = InitramfsOptions(initProgram: "/proc/self/exe")
            build.level = 3
            build.isInterrupted = { interrupt.isPending }
            do throws(ImageError) {
                build.modules = .init(
                    tree: kernel.modules,
                    requests: try ModuleRequest.parse(
                        list: MachineConfiguration.modules(for: configuration.effectiveKernel).joined(separator: ",")))
                _ = try InitramfsBuilder(build).build(to: path)
            } catch {
                throw CommandFailure(error, on: path.string)
            }
        }

        fileprivate static func choice<Value: RawRepresentable & CaseIterable>(
            _ text: String, _ option: String
        ) throws -> Value where Value.RawValue == String {
            guard let value = Value(rawValue: text) else {
                throw CommandFailure(
                    .usage, "vm run", on: "\(option) \(text)", message: "no such value",
                    hint: "the values are \(names(Value.self))")
            }
            return value
        }

        private static func absolute(_ path: String) throws -> FilePath {
            let given = FilePath(path)
            guard given.isRelative else { return given }
            return FilePath(try HostRoot.live.linkTarget(of: "/proc/self/cwd").string).appending(given.components)
        }

        private static func ownPath() throws -> String { try HostRoot.live.linkTarget(of: "/proc/self/exe").string }
    }
}

extension VMCommand {
    struct Modules: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The modules that an image for 'vm run' needs, as 'image build --modules' takes them.")
        @Option(help: "\(names(MachineConfiguration.Kernel.self)).") var kernel = "cloud"
        @OptionGroup var options: OutputOptions

        func run() throws {
            let flavour: MachineConfiguration.Kernel = try Run.choice(kernel, "--kernel")
            let modules = MachineConfiguration.modules(for: flavour)
            try options.answer(JSONValue(modules), table: modules.joined(separator: ","))
        }
    }
}

private func names<Value: RawRepresentable & CaseIterable>(_ type: Value.Type) -> String
where Value.RawValue == String {
    type.allCases.map(\.rawValue).joined(separator: ", ")
}

extension CommandFailure {
    fileprivate init(_ error: MachineError) {
        let exit: Exit =
            switch error.kind {
            case .usage: .usage
            case .missing, .failed: .failed
            case .timedOut: .timedOut
            }
        self.init(exit, "vm run", message: error.message, hint: error.hint)
    }
}
