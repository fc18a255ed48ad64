import Kernel
import KernelModules
import SystemPackage
import TestSupport
import Testing

/// Aliases are modules' names here: each is one, and the index is a real kernel's.
@Suite("The coldplug", .needsKernels)
struct ColdplugTests {
    private static func index() throws -> ModuleIndex {
        try ModuleIndex(directory: #require(CachedKernel.generic).tree, configuration: ["/nonexistent-modprobe.d"])
    }

    @Test("it goes on while loads make devices appear, and ends when a walk finds nothing new")
    func fixpoint() throws {
        let loader = RecordingLoader()
        // Each bus shows its devices once its driver is in.
        let appears = ["virtio_pci": ["virtio_net", "nvme"], "nvme": ["xts"], "xts": ["pci:vDEAD"]]
        let report = try Coldplug(loader: loader, workers: 2).run(
            index: Self.index(), until: Deadline(in: .seconds(30)),
            walk: { ["virtio_pci", "virtio_pci"] + loader.began.flatMap { appears[$0] ?? [] } }, arrivals: { _ in [] })
        #expect(report.aliases == 5 && report.unmatched == ["pci:vDEAD"])
        #expect(report.rounds >= 4, "a round for each generation, and one that finds nothing")
        #expect(Set(["virtio_pci", "virtio_net", "nvme", "xts"]).isSubset(of: loader.began))
        #expect(Set(loader.began).count == loader.began.count, "each once")
        #expect(report.results.map(\.name).sorted() == loader.began.map { $0.replacing("-", with: "_") }.sorted())
    }

    @Test("aliases that arrive while modules load are resolved with the rest")
    func arrivals() throws {
        let loader = RecordingLoader(holding: ["nvme"])
        var told = false
        let report = try Coldplug(loader: loader, workers: 2).run(
            index: Self.index(), until: Deadline(in: .seconds(30)), walk: { ["nvme"] },
            arrivals: { deadline in
                #expect(deadline.remaining <= .seconds(1))
                guard loader.holdsAll(["nvme"]) || told else { return [] }
                defer { told = true }
                if told { loader.release("nvme") }
                return told ? [] : ["xts", "nvme"]
            })
        #expect(loader.began.contains("xts") && report.aliases == 2 && report.rounds == 2)
    }

    @Test("a deadline names the module whose load hangs, and is ETIMEDOUT")
    func deadline() throws {
        let loader = RecordingLoader(holding: ["nvme"])
        let expected = ModuleError(operation: "coldplug", subject: "nvme", errno: .timedOut)
        #expect(throws: expected) {
            try Coldplug(loader: loader, workers: 2).run(
                index: Self.index(), until: Deadline(in: .milliseconds(500)), walk: { ["nvme", "xts"] },
                arrivals: { _ in
                    _ = loader.holdsAll(["nvme"])
                    return []
                })
        }
        loader.release("nvme")
    }

    @Test("a module that does not load is told, and ends nothing")
    func failure() throws {
        let loader = RecordingLoader(failing: [
            "nvme_core": .operationNotSupportedByDevice, "nvme-core": .operationNotSupportedByDevice,
        ])
        let report = try Coldplug(loader: loader, workers: 2).run(
            index: Self.index(), until: Deadline(in: .seconds(30)), walk: { ["nvme"] }, arrivals: { _ in [] })
        #expect(report.results.first { $0.name == "nvme_core" }?.error?.errno == .operationNotSupportedByDevice)
        #expect(report.results.first { $0.name == "nvme" }?.error == nil)
    }

    @Test("nothing that asks is one round, and no module")
    func nothing() throws {
        let report = try Coldplug(loader: RecordingLoader(), workers: 2).run(
            index: Self.index(), until: Deadline(in: .seconds(30)), walk: { [] }, arrivals: { _ in [] })
        #expect(report.rounds == 1 && report.aliases == 0 && report.unmatched.isEmpty && report.results.isEmpty)
    }

    @Test("a node whose devices keep changing their aliases is stopped by the deadline")
    func endless() throws {
        var number = 0
        #expect(throws: ModuleError.self) {
            try Coldplug(loader: RecordingLoader(), workers: 1).run(
                index: Self.index(), until: Deadline(in: .milliseconds(300)),
                walk: {
                    number += 1
                    return ["alias-\(number)"]
                }, arrivals: { _ in [] })
        }
    }
}
