import Documents
import Glibc
import Kernel
import TestSupport
import Testing
import VirtualMachine

/// Zeros where the device has no offload for them: the guest writes them all. It prints the rates, which `make bench-disk` reads; none is
/// asserted.
@Suite("Zeros without offloads", .machines)
struct ZeroRateTests {
    private static func environment(_ name: String, _ usual: Int) -> Int {
        unsafe getenv(name).flatMap { unsafe Int(String(cString: $0)) } ?? usual
    }

    @Test("the kernel's zeros are as many as dd's, and are there", .timeLimit(.minutes(10)))
    func rate() async throws {
        let mebibytes = Self.environment("SLIPWAY_BENCH_MEBIBYTES", 64)
        let rounds = Self.environment("SLIPWAY_BENCH_ROUNDS", 1)
        let configuration = Lab.withAgent {
            $0.disks = [.init(bus: .virtioPlain, backing: .size(UInt64(mebibytes) << 20))]
        }
        try await Lab.boot(configuration) { machine, _ in
            var agent = try Agent(machine)
            let limits = try agent.get("/sys/block/vda/queue/write_zeroes_max_bytes")
            #expect(limits == Array("0\n".utf8))
            // The first writing allocates the sparse file behind the disk, for either.
            for round in 0...rounds {
                let theirs = try agent.run(
                    "dd", "if=/dev/zero", "of=/dev/vda", "bs=4M", "count=\(mebibytes / 4)", "oflag=direct")
                let ours = try agent.run("slipway", "disk", "wipe", "/dev/vda", "--method", "zero", "--yes", "--json")
                let certificate = try JSONText.decode(JSONValue.self, from: Array(ours.output.utf8))
                #expect(certificate["result"] == "complete" && theirs.status == 0)
                let written = try agent.get("/sys/block/vda/stat").split(separator: UInt8(ascii: " "))
                let sectors = Int(String(decoding: written[6], as: UTF8.self)) ?? 0
                // Both write every byte, each round.
                #expect(sectors >= 2 * (round + 1) * mebibytes * 2048)
                guard round > 0, let seconds = certificate["erase_seconds"]?.double, seconds > 0 else { continue }
                // "67108864 bytes (67 MB, 64 MiB) copied, 0.5 s, 134 MB/s"
                let words = theirs.errors.split(separator: " ").map(String.init)
                guard let copied = words.firstIndex(of: "copied,"), let their = Double(words[copied + 1]) else {
                    continue
                }
                print("zero: slipway \(Double(mebibytes) / seconds) MiB/s, dd \(Double(mebibytes) / their) MiB/s")
            }
        }
    }
}
