namespace RemoteStore.PromQL.Aggregations;

/// <summary>
/// The k best series of a group at one step: a binary heap with the worst at its root. Ties are broken as the reference engine's heap breaks them, so that
/// the same series stay.
/// </summary>
internal sealed class RankHeap(bool top)
{
    private readonly List<(double Value, int Row)> _items = [];

    /// <summary>Empties the heap.</summary>
    public void Clear() => _items.Clear();

    /// <summary>Offers a series; it stays while it is among the <paramref name="k"/> best.</summary>
    public void Offer(double value, int row, long k)
    {
        if (_items.Count < k)
        {
            _items.Add((value, row));
            Up(_items.Count - 1);
            return;
        }

        double worst = _items[0].Value;
        if ((top ? worst < value : worst > value) || (double.IsNaN(worst) && !double.IsNaN(value)))
        {
            _items[0] = (value, row);
            Down(0);
        }
    }

    /// <summary>The series, best first.</summary>
    public IReadOnlyList<(double Value, int Row)> Ranked()
    {
        // Insertion sort keeps equal ones in heap order, as the reference does for short lists.
        for (int i = 1; i < _items.Count; i++)
        {
            for (int j = i; j > 0 && Less(_items[j - 1].Value, _items[j].Value); j--)
            {
                (_items[j - 1], _items[j]) = (_items[j], _items[j - 1]);
            }
        }

        return _items;
    }

    private bool Less(double a, double b) => double.IsNaN(a) || (top ? a < b : a > b);

    private void Up(int at)
    {
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (!Less(_items[at].Value, _items[parent].Value))
            {
                break;
            }

            (_items[at], _items[parent]) = (_items[parent], _items[at]);
            at = parent;
        }
    }

    private void Down(int at)
    {
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= _items.Count)
            {
                return;
            }

            if (child + 1 < _items.Count && Less(_items[child + 1].Value, _items[child].Value))
            {
                child++;
            }

            if (!Less(_items[child].Value, _items[at].Value))
            {
                return;
            }

            (_items[at], _items[child]) = (_items[child], _items[at]);
            at = child;
        }
    }
}
