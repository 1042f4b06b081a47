namespace RemoteStore.Histories.Tests.Steps;

/// <summary>Looks for a shorter history that fails as well, to be read by a person.</summary>
internal static class Shrinker
{
    private const int MaxRuns = 400;

    /// <summary>Leaves out ever smaller stretches of steps as long as the rest fails.</summary>
    public static async Task<IReadOnlyList<Step>> ShrinkAsync(History failing)
    {
        List<Step> steps = [.. failing.Steps];
        int runs = 0;
        for (int stretch = steps.Count / 2; stretch > 0; stretch /= 2)
        {
            for (int at = 0; at < steps.Count && runs < MaxRuns;)
            {
                List<Step> shorter = [.. steps.Take(at), .. steps.Skip(at + stretch)];
                runs++;
                if (await FailsAsync(failing with { Steps = shorter }))
                {
                    steps = shorter;
                }
                else
                {
                    at += stretch;
                }
            }
        }

        return steps;
    }

    private static async Task<bool> FailsAsync(History history)
    {
        try
        {
            _ = await HistoryRunner.RunAsync(history);
            return false;
        }
        catch (HistoryException)
        {
            return true;
        }
    }
}
