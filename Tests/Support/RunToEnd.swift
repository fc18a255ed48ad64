internal import Glibc
public import Kernel
public import SystemPackage

/// Runs a program with an empty stdin until it ends, or kills it at the deadline (then the status is nil).
///
/// What it prints goes through files, so that no amount of it can block the program.
public func runToEnd(
    _ program: FilePath, _ arguments: [String], within time: Duration
) throws -> (status: ChildProcess.Status?, output: String, errors: String) {
    let scratch = try TemporaryDirectory()
    let outputPath = scratch.path.appending("stdout")
    let errorsPath = scratch.path.appending("stderr")
    let output = try OwnedDescriptor.open(outputPath, O_WRONLY | O_CREAT, mode: 0o600)
    let errors = try OwnedDescriptor.open(errorsPath, O_WRONLY | O_CREAT, mode: 0o600)
    var options = ChildProcess.Options()
    options.descriptors = [-1, output.rawValue, errors.rawValue]
    let child = try ChildProcess.spawn(program, [program.string] + arguments, options)
    let status = try child.wait(until: Deadline(in: time))
    if status == nil {
        try child.send(signal: SIGKILL)
        _ = try child.wait(until: Deadline(in: .seconds(5)))
    }
    func text(_ path: FilePath) throws -> String {
        String(decoding: try HostRoot.live.contents(of: path, limit: 16 << 20), as: UTF8.self)
    }
    return (status, try text(outputPath), try text(errorsPath))
}
