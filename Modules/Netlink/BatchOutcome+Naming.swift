extension BatchOutcome {
    /// The same with the failures' objects named, as a single request's error would name them.
    package func named(_ operation: String, _ subject: (Int) -> String) -> BatchOutcome {
        var result = self
        result.failures = failures.map { failure in
            var error = failure.error
            error.operation = operation
            error.subject = subject(failure.index)
            return Failure(index: failure.index, error: error)
        }
        return result
    }

    /// Takes in what became of the requests that follow this one's, of which there are `total` in all.
    package mutating func join(_ next: BatchOutcome) {
        failures += next.failures.map { Failure(index: processed + $0.index, error: $0.error) }
        processed += next.processed
        isUncertain = isUncertain || next.isUncertain
        interruption = next.interruption
    }

    /// What has become of `count` requests before any was sent.
    package init(ofBatch count: Int) { self.init(count: count) }
}

extension BatchOutcome {
    /// The same without the failures of which `isNone` says so.
    package func leavingOut(_ isNone: (NetlinkError) -> Bool) -> BatchOutcome {
        var result = self
        result.failures.removeAll { isNone($0.error) }
        return result
    }
}
