internal import Documents
internal import Glibc
internal import Kernel
internal import SystemPackage

/// What slipway-metadata-server is started with for a machine's service.
struct ServiceFiles {
    /// nil where nobody is to answer.
    private(set) var arguments: [String]?
    /// Where it listens: `169.254.169.254:80`.
    private(set) var authorities: [String] = []

    private static let ec2 = ["169.254.169.254:80", "[fd00:ec2::254]:80"]

    /// Writes what it serves into `directory`.
    init(of service: SimulatedMachine.Service, in directory: FilePath) throws {
        switch service {
        case .none: break
        case .tree(let files):
            let tree = directory.appending("metadata")
            for file in files { try writeFile(tree.appending(file.path), Array(file.text.utf8)) }
            arguments = ["--directory", tree.string]
            authorities = Self.ec2
        case .directory(let tree):
            guard (try? LiveFiles().entries(of: tree)) != nil else {
                throw MachineError(
                    .missing, "no metadata tree at \(tree)", hint: "give a directory with latest/meta-data in it")
            }
            arguments = ["--directory", tree.string]
            authorities = Self.ec2
        case .exchanges(let document, let places):
            let file = directory.appending("exchanges.json")
            try writeFile(file, Array(try JSONText.encode(document).utf8))
            arguments = ["--exchanges", file.string]
            // QEMU's user network brings what goes to its router to the host's loopback.
            authorities = places.map { $0.replacing("10.0.2.2:", with: "127.0.0.1:") }
        }
    }
}

extension SimulatedMachine.Volume {
    /// An ISO 9660 image beside `path`, by genisoimage.
    func image(_ path: FilePath) throws -> FilePath {
        let program: FilePath = "/usr/bin/genisoimage"
        guard isExecutable(program) else {
            throw MachineError(.missing, "no \(program) to make the machine's drive with", hint: "run 'make setup'")
        }
        for (name, bytes) in files { try writeFile(path.appending(name), bytes) }
        let image = FilePath(path.string + ".iso")
        var options = ChildProcess.Options()
        options.deathSignal = SIGKILL
        let child = try ChildProcess.spawn(
            program, ["genisoimage", "-quiet", "-R", "-V", label, "-o", image.string, path.string], options)
        guard try child.wait(until: Deadline(in: .seconds(30))) == .exited(0) else {
            try? child.send(signal: SIGKILL)
            throw MachineError(.failed, "genisoimage did not make the drive '\(label)'", hint: "its reason is above")
        }
        return image
    }
}
