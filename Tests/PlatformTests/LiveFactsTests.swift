import Kernel
import Platform
import SystemPackage
import Testing

/// systemd's own program, as the judge.
private let judge = "/usr/bin/systemd-detect-virt"
private let hasJudge = (try? LiveFiles().contents(of: FilePath(judge), limit: 1)) != nil

@Suite("This machine's facts")
struct LiveFactsTests {
    @Test(
        "the hypervisor's word is systemd-detect-virt's", .enabled(if: hasJudge, "systemd-detect-virt is not installed")
    )
    func word() throws {
        var pipe = try DescriptorPair.pipe()
        let read = try pipe.takeFirst()
        let write = try pipe.takeSecond()
        var options = ChildProcess.Options()
        options.descriptors = [-1, write.rawValue, 2]
        let child = try ChildProcess.spawn(FilePath(judge), [judge, "--vm"], options)
        _ = consume write
        let bytes = try read.readAll(limit: 64)
        _ = try child.wait(until: Deadline(in: .seconds(20)))
        let word = String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
        // Two of its words name the provider, which is another axis here; both run KVM.
        let expected = word == "amazon" || word == "google" ? "kvm" : word
        // A container may hide what tells the hypervisor.
        let own = PlatformFacts(reading: .live).virtualization
        #expect(own == expected || own == "vm-other" || own == nil)
    }

    @Test("reading and judging take milliseconds")
    func budget() {
        // The budget is 5 ms; the best of ten tries keeps a busy machine out of it.
        let best = (0..<10).map { _ in
            let start = MonotonicTime.now()
            _ = PlatformFacts(reading: .live)
            return MonotonicTime.now().since(start)
        }.min()
        #expect(best ?? .zero < .milliseconds(5))
    }
}
