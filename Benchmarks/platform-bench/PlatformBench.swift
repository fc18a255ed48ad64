import Fetch
import Glibc
import Kernel
import Platform
import Platforms
import SystemPackage

/// One measured piece of work, in this process; prints the median of the repetitions in milliseconds, then what came of it.
///
/// `platform-bench detect ROOT REPETITIONS` reads the facts below a root and judges them; `/` is this machine.
/// `platform-bench metadata PLATFORM PORT REPETITIONS` fetches the snapshot from 127.0.0.1, with nothing remembered of the time before.
@main
enum PlatformBench {
    static func main() throws {
        let words = CommandLine.arguments
        switch words.dropFirst().first {
        case "detect" where words.count == 4:
            let root = words[2] == "/" ? HostRoot.live : HostRoot(directory: FilePath(words[2]))
            try measure(words[3]) { try Registry.detector.verdict(reading: root).platform.rawValue }
        case "metadata" where words.count == 5:
            guard let source = Registry.platform(PlatformName(rawValue: words[2]))?.source, let port = Int(words[3])
            else { return usage() }
            try measure(words[4]) {
                var context = MetadataContext.live(.live, deadline: Deadline(in: .seconds(30)))
                context.endpoints = [HTTPEndpoint(address: "127.0.0.1", port: port)]
                context.memory = nil
                let asked = context
                let snapshot = try WorkerThread.blocking { try await source.snapshot(in: asked) }
                return snapshot.instanceID ?? "none"
            }
        default: usage()
        }
    }

    private static func usage() {
        print("usage: platform-bench detect ROOT REPETITIONS | metadata PLATFORM PORT REPETITIONS")
        exit(2)
    }

    private static func measure(_ repetitions: String, _ work: () throws -> String) throws {
        guard let count = Int(repetitions), count > 0 else { return usage() }
        var times: [Double] = []
        var answer = ""
        for _ in 0..<count {
            let start = MonotonicTime.now()
            answer = try work()
            times.append(Double(MonotonicTime.now().nanoseconds - start.nanoseconds) / 1e6)
        }
        print("\(times.sorted()[count / 2]) \(answer)")
    }
}
