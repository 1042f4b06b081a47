namespace RemoteStore.Histories.Tests.Steps;

/// <summary>A seed and the steps that follow from it.</summary>
internal sealed record History(int Seed, TimeSpan Retention, bool HasBucket, IReadOnlyList<Step> Steps)
{
    /// <summary>Fewest steps of a history.</summary>
    public const int MinSteps = 40;

    private static readonly (StepKind Kind, int Weight)[] s_weights =
    [
        (StepKind.WriteInOrder, 26), (StepKind.WriteHistogram, 8), (StepKind.WriteLate, 8), (StepKind.WriteBeyondWindow, 3), (StepKind.WriteDuplicate, 4),
        (StepKind.WriteConflict, 5), (StepKind.WriteOutside, 1), (StepKind.Flush, 9), (StepKind.Merge, 4), (StepKind.Cut, 6), (StepKind.CutEnded, 2),
        (StepKind.AdvanceClock, 8), (StepKind.Crash, 3), (StepKind.CrashDuring, 4), (StepKind.Restart, 3), (StepKind.Corrupt, 1), (StepKind.Query, 8),
        (StepKind.QueryLabels, 3),
    ];

    private static readonly (StepKind Kind, int Weight)[] s_bucketWeights =
    [
        (StepKind.Upload, 10), (StepKind.Compact, 10), (StepKind.Downsample, 6), (StepKind.Delete, 2), (StepKind.Storm, 4), (StepKind.AdvanceDays, 3),
        (StepKind.QueryWindows, 8), (StepKind.PassDays, 3),
    ];

    /// <summary>The history of a seed. A third of them know retention, two thirds a bucket.</summary>
    public static History Of(int seed)
    {
        var random = new Random(seed);
        bool hasBucket = seed % 3 != 0;
        (StepKind Kind, int Weight)[] weights = hasBucket ? [.. s_weights, .. s_bucketWeights] : s_weights;
        var steps = new Step[MinSteps + random.Next(30)];
        int total = weights.Sum(static w => w.Weight);
        for (int i = 0; i < steps.Length; i++)
        {
            int pick = random.Next(total);
            int kind = 0;
            while (pick >= weights[kind].Weight)
            {
                pick -= weights[kind++].Weight;
            }

            steps[i] = new Step(weights[kind].Kind, random.Next());
        }

        return new History(seed, random.Next(3) == 0 ? TimeSpan.FromMinutes(25) : TimeSpan.Zero, hasBucket, steps);
    }
}
