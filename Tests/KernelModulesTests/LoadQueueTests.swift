import Kernel
import KernelModules
import SystemPackage
import TestSupport
import Testing

@Suite("The load queue")
struct LoadQueueTests {
    private var soon: Deadline { Deadline(in: .seconds(20)) }

    @Test("a module begins only after all that it needs has ended, in whatever order they were handed in")
    func order() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<20 {
            // Each needs up to three of those before it.
            var steps: [ModuleIndex.Step] = []
            for number in 0..<30 {
                let needs = Set((0..<3).map { _ in Int.random(in: 0..<max(1, number), using: &generator) })
                steps.append(.step("m\(number)", needs: number == 0 ? [] : needs.map { "m\($0)" }))
            }
            let loader = RecordingLoader()
            let queue = try LoadQueue(loader, workers: 4)
            queue.add(steps.shuffled(using: &generator))
            try #require(queue.drain(until: soon))
            let events = loader.state.with { $0.events }
            for step in steps {
                let start = try #require(events.firstIndex(of: .began(step.name)))
                for need in step.needs { #expect(try #require(events.firstIndex(of: .ended(need))) < start) }
            }
            #expect(loader.began.count == 30 && Set(queue.results.map(\.name)) == Set(steps.map(\.name)))
        }
    }

    @Test("what is independent loads at one time, as many as there are workers")
    func parallel() throws {
        let loader = RecordingLoader(holding: ["a", "b", "c"])
        let queue = try LoadQueue(loader, workers: 3)
        queue.add(["a", "b", "c", "d", "e"].map { .step($0) })
        #expect(loader.holdsAll(["a", "b", "c"]))
        #expect(queue.inHand == ["a", "b", "c"] && !queue.isIdle)
        loader.release("a", "b", "c")
        #expect(queue.drain(until: soon) && queue.isIdle && queue.inHand.isEmpty)
        #expect(loader.state.with { $0.mostInFlight } == 3)
    }

    @Test("one worker loads one at a time; none asked for is one", arguments: [1, 0, -5])
    func oneWorker(_ workers: Int) throws {
        let loader = RecordingLoader()
        let queue = try LoadQueue(loader, workers: workers)
        queue.add(["a", "b", "c"].map { .step($0) })
        #expect(queue.drain(until: soon) && loader.began == ["a", "b", "c"])
        #expect(loader.state.with { $0.mostInFlight } == 1)
    }

    @Test("a module that is handed in again, at once or after its end, is loaded once")
    func once() throws {
        let loader = RecordingLoader()
        let queue = try LoadQueue(loader, workers: 2)
        queue.add([.step("a"), .step("b", needs: ["a"]), .step("a")])
        #expect(queue.drain(until: soon))
        queue.add([.step("a"), .step("c", needs: ["a", "b"])])
        #expect(queue.drain(until: soon) && loader.began == ["a", "b", "c"])
    }

    @Test("a failure is told with its errno, and what needs the module is tried all the same")
    func failure() throws {
        let loader = RecordingLoader(failing: ["a": .operationNotSupportedByDevice])
        let queue = try LoadQueue(loader, workers: 2)
        queue.add([.step("b", needs: ["a"], options: "x=1 y=2"), .step("a")])
        #expect(queue.drain(until: soon) && loader.began == ["a", "b"])
        let expected = OSError(operation: "finit_module", errno: .operationNotSupportedByDevice, subject: "/m/a.ko")
        #expect(queue.results.map(\.error) == [expected, nil])
        #expect(loader.state.with { $0.options } == ["a": "", "b": "x=1 y=2"])
    }

    @Test("a need that was never handed in is the kernel's affair: it holds nothing up")
    func unknownNeed() throws {
        let loader = RecordingLoader()
        let queue = try LoadQueue(loader, workers: 1)
        queue.add([.step("a", needs: ["built_in"])])
        #expect(queue.drain(until: soon) && loader.began == ["a"])
    }

    @Test("draining ends at its deadline where a load hangs, and an empty queue is idle")
    func deadline() throws {
        let loader = RecordingLoader(holding: ["a"])
        let queue = try LoadQueue(loader, workers: 2)
        #expect(queue.isIdle && queue.drain(until: soon))
        queue.add([.step("a"), .step("b", needs: ["a"])])
        #expect(!queue.drain(until: Deadline(in: .milliseconds(100))) && queue.inHand == ["a"])
        loader.release("a")
        #expect(queue.drain(until: soon))
    }
}
