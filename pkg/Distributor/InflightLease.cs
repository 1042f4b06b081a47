namespace RemoteStore.Distributor;

/// <summary>One request's share of the in-flight budget.</summary>
internal sealed class InflightLease(InflightBudget budget)
{
    private long _taken;

    /// <summary>Takes more; false when the budget does not have it.</summary>
    public bool TryGrow(long sizeBytes)
    {
        if (!budget.TryTake(sizeBytes))
        {
            return false;
        }

        _taken += sizeBytes;
        return true;
    }

    /// <summary>Puts everything back.</summary>
    public void Release()
    {
        budget.Release(_taken);
        _taken = 0;
    }
}
