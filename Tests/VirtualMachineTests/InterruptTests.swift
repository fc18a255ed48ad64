import Documents
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

/// `slipway vm run` as a user starts it, and what is left of it when it is interrupted or killed.
@Suite("A run that is ended from outside", .machines)
struct InterruptTests {
    @Test("--keep leaves the node up until Ctrl-C, which is exit 0 with the summary")
    func keep() async throws {
        try await Lab.withPlace {
            let run = try Run(["--keep"], in: Cache())
            let before = try run.namespaces()
            try run.readErrors(until: #""event":"summary""#)
            #expect(try run.processes().count == 3, "ourselves, QEMU and the metadata server")
            let (status, output) = try run.end(by: SIGINT)
            #expect(status == .exited(0))
            let document = try JSONText.decode(JSONValue.self, from: output)
            #expect(document["outcome"] == "ready")
            #expect(document["last_run"]?.string == "\(run.cache.path)/last-run")
            #expect(try run.isGone(keeping: ["kernels", "last-run", "runs"]))
            #expect(try run.namespaces() == before)
        }
    }

    @Test(
        "Ctrl-C while the image is built and while the node boots is exit 130, and nothing is left behind",
        arguments: [#""step":"image""#, #""step":"boot""#, #""event":"task""#])
    func interrupt(_ moment: String) async throws {
        try await Lab.withPlace {
            let run = try Run([], in: Cache())
            let before = try run.namespaces()
            try run.readErrors(until: moment)
            let (status, output) = try run.end(by: SIGINT)
            #expect(status == .exited(130) && output.isEmpty)
            let isBuilding = moment.contains("image")
            #expect(try run.isGone(keeping: isBuilding ? ["kernels", "runs"] : ["kernels", "last-run", "runs"]))
            #expect(try run.namespaces() == before)
        }
    }

    @Test("a run that is killed takes its machine with it, and the next run takes away its files")
    func kill() async throws {
        try await Lab.withPlace {
            let cache = try Cache()
            let run = try Run([], in: cache)
            try run.readErrors(until: #""event":"task""#)
            #expect(try run.end(by: SIGKILL).status == .signaled(SIGKILL))
            let deadline = Deadline(in: .seconds(20))
            while try !run.processes().isEmpty, !deadline.hasPassed { usleep(50_000) }
            #expect(try run.processes().isEmpty)
            let runs = run.cache.path.appending("runs")
            #expect(try !LiveFiles().entries(of: runs).isEmpty, "SIGKILL leaves no time to tidy up")
            let next = try Run([], in: cache)
            try next.readErrors(until: #""step":"image""#)
            #expect(try next.end(by: SIGINT).status == .exited(130))
            #expect(try next.isGone(keeping: ["kernels", "runs"]))
        }
    }
}

/// A cache of a test's own, whose path tells its processes from others'.
private final class Cache {
    let directory: TemporaryDirectory
    var path: FilePath { directory.path }

    init() throws {
        directory = try TemporaryDirectory()
        let kernels = Lab.cache.appending("kernels").string
        try systemCall("symlink", on: kernels) { unsafe symlink(kernels, directory.path.appending("kernels").string) }
    }
}

/// One `slipway vm run --json`.
private struct Run: ~Copyable {
    let cache: Cache
    private let child: ChildProcess
    private let output: OwnedDescriptor
    private let errors: OwnedDescriptor

    init(_ words: [String], in cache: Cache) throws {
        var outputPair = try DescriptorPair.pipe()
        var errorPair = try DescriptorPair.pipe()
        let childOutput = try outputPair.takeSecond()
        let childErrors = try errorPair.takeSecond()
        var options = ChildProcess.Options()
        options.descriptors = [-1, childOutput.rawValue, childErrors.rawValue]
        options.deathSignal = SIGKILL
        let child = try ChildProcess.spawn(
            try builtProduct(named: "slipway"),
            ["slipway", "vm", "run", "--json", "--cache", cache.path.string, "--platform", "aws"] + words, options)
        let output = try outputPair.takeFirst()
        let errors = try errorPair.takeFirst()
        // The child alone holds the writing ends: their end is its end.
        _ = (consume childOutput).rawValue
        _ = (consume childErrors).rawValue
        self.cache = cache
        self.child = child
        self.output = output
        self.errors = errors
    }

    /// Until a line of stderr has `text` in it.
    func readErrors(until text: String) throws {
        let deadline = Deadline(in: .seconds(200))
        var told = ""
        while !deadline.hasPassed {
            var entry = pollfd(fd: errors.rawValue, events: Int16(POLLIN), revents: 0)
            // SAFETY: one entry, which lives through the call.
            guard unsafe poll(&entry, 1, deadline.pollTimeout) > 0 else { continue }
            let piece = try errors.readOnce(limit: 65_536)
            told += String(decoding: piece, as: UTF8.self)
            if told.contains(text) { return }
            if piece.isEmpty { break }
        }
        throw Unexpected(description: "no \(text) in: \(told)")
    }

    func end(by signal: Int32) throws -> (status: ChildProcess.Status?, output: [UInt8]) {
        try child.send(signal: signal)
        // The pipes hold what is told now; the first read to an end is that of a process that is gone.
        let text = try output.readAll(limit: 1 << 20)
        return (try child.wait(until: Deadline(in: .seconds(20))), text)
    }

    /// The processes that name the cache in their arguments.
    func processes() throws -> [String] {
        try LiveFiles().entries(of: "/proc").filter { name in
            guard Int(name) != nil else { return false }
            let path = FilePath("/proc/\(name)/cmdline")
            let line = (try? LiveFiles().contents(of: path, limit: 1 << 16)) ?? []
            return String(decoding: line, as: UTF8.self).contains(cache.path.string)
        }
    }

    /// Network namespaces with a name. One without ends with its last process.
    func namespaces() throws -> [String] { (try? LiveFiles().entries(of: "/run/netns")) ?? [] }

    /// No process, no file of a run, and in the cache just what is named.
    func isGone(keeping names: [String]) throws -> Bool {
        let runs = try LiveFiles().entries(of: cache.path.appending("runs"))
        let left = try processes()
        let kept = try LiveFiles().entries(of: cache.path)
        guard runs.isEmpty, left.isEmpty, kept.sorted() == names else {
            Issue.record("runs \(runs), processes \(left), cache \(kept)")
            return false
        }
        return true
    }
}

private struct Unexpected: Error, CustomStringConvertible {
    let description: String
}
