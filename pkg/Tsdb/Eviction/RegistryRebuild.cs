using System.Runtime.CompilerServices;
using RemoteStore.Model;
using RemoteStore.Tsdb.Exemplars;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.Memtables;
using RemoteStore.Tsdb.Registry;

namespace RemoteStore.Tsdb.Eviction;

/// <summary>
/// Copies a registry without some of its series while it goes on being written, then takes its place. The bulk is copied and caught up without the
/// head's lock; under it only what rows appended since have touched is taken over.
/// </summary>
internal sealed class RegistryRebuild
{
    private const int CheckEvery = 4096;
    private const int MaxCatchUps = 4;

    private readonly TenantHead _head;
    private readonly SeriesRegistry _old;
    private readonly SeriesRegistry _new;
    private readonly EvictionRule _rule;
    private readonly long _exemplars;
    private uint _copied; // refs below were looked at
    private long _row; // states tell of all rows below
    private int _forgets;

    /// <summary>Prepares a rebuild.</summary>
    /// <param name="head">Whose registry.</param>
    /// <param name="old">The registry in use; the caller holds it.</param>
    /// <param name="fresh">Empty; the caller disposes it unless it is taken into use.</param>
    /// <param name="rule">Which series are left out.</param>
    /// <param name="exemplars">Number of the exemplar that came next when the rule was made.</param>
    public RegistryRebuild(TenantHead head, SeriesRegistry old, SeriesRegistry fresh, EvictionRule rule, long exemplars)
    {
        _head = head;
        _old = old;
        _new = fresh;
        _rule = rule;
        _exemplars = exemplars;
    }

    /// <summary>Number of series that left with the exchange.</summary>
    public int Left { get; private set; }

    /// <summary>Copies the series that stay.</summary>
    public void CopySeries(CancellationToken cancellationToken)
    {
        uint end = _old.RefEnd;
        for (uint next = 0; _old.TryNext(ref next, end); next++)
        {
            if (next % CheckEvery == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            var seriesRef = new SeriesRef(next);
            ref SeriesState state = ref _old.State(seriesRef);
            if (!_rule.Allows(in state))
            {
                _ = _new.Copy(in state, _old.GetLabels(seriesRef));
            }
        }

        _new.SkipTo(end);
        _copied = end;
    }

    /// <summary>Takes over what changed since, and exchanges the registry.</summary>
    /// <param name="time">Measures the pause.</param>
    /// <param name="pause">How long the head's lock was held for the exchange.</param>
    /// <returns>False when a series that was left out has been written again; nothing has changed then.</returns>
    public bool TryExchange(TimeProvider time, out TimeSpan pause)
    {
        for (int round = 1; ; round++)
        {
            if (!TryCatchUp())
            {
                pause = default;
                return false;
            }

            lock (_head.Lock)
            {
                long started = time.GetTimestamp();
                Memtable[] memtables = [.. _head.MemtablesWithRows(), _head.Active];
                bool rowsAreThere = memtables[0].FirstRow <= _row && _head.ForgetCount == _forgets;
                if (!rowsAreThere && round < MaxCatchUps)
                {
                    continue; // a flush took rows away since, or all states changed
                }

                if (!(rowsAreThere ? TryCopyRows(memtables) : TryCopyStates(_old.RefEnd)) || !TryPassExemplars())
                {
                    pause = default;
                    return false;
                }

                _ = TryCopyStates(_old.RefEnd, from: _copied);
                Left = _old.SeriesCount - _new.SeriesCount;
                _new.MaxSeries = _old.MaxSeries;
                _head.Series.Exchange(_new).Dispose();
                pause = time.GetElapsedTime(started);
                return true;
            }
        }
    }

    private bool TryCatchUp()
    {
        uint end;
        lock (_head.Lock)
        {
            _row = _head.Active.NextRow;
            _forgets = _head.ForgetCount;
            end = _old.RefEnd;
        }

        // Every row below _row was appended under the lock before, so its traces are seen here.
        bool done = TryCopyStates(end);
        _copied = end;
        return done;
    }

    /// <summary>Takes over states, and series that are new since the last time; false when one that was left out must stay.</summary>
    private bool TryCopyStates(uint end, uint from = 0)
    {
        for (uint next = from; _old.TryNext(ref next, end); next++)
        {
            var seriesRef = new SeriesRef(next);
            ref SeriesState state = ref _old.State(seriesRef);
            ref SeriesState copy = ref _new.FindState(seriesRef);
            if (!Unsafe.IsNullRef(ref copy))
            {
                copy.CopyFrom(in state);
            }
            else if (next >= _copied)
            {
                _ = _new.Copy(in state, _old.GetLabels(seriesRef));
            }
            else if (!_rule.Allows(in state))
            {
                return false;
            }
        }

        _new.SkipTo(end);
        return true;
    }

    private bool TryCopyRows(Memtable[] memtables)
    {
        foreach (Memtable memtable in memtables)
        {
            for (long row = Math.Max(_row, memtable.FirstRow); row < memtable.NextRow; row++)
            {
                var seriesRef = new SeriesRef(memtable.RefAt(row));
                if (seriesRef.Value >= _copied)
                {
                    continue; // new, and copied as a whole
                }

                ref SeriesState copy = ref _new.FindState(seriesRef);
                if (Unsafe.IsNullRef(ref copy))
                {
                    return false;
                }

                copy.CopyFrom(in _old.State(seriesRef));
            }
        }

        return true;
    }

    /// <summary>False when an exemplar came for a series that was left out.</summary>
    private bool TryPassExemplars()
    {
        ExemplarStore exemplars = _head.Exemplars;
        return exemplars.NextNumber == _exemplars
            || exemplars.SeriesSince(_exemplars).TrueForAll(r => r >= _copied || _new.Contains(new SeriesRef(r)));
    }
}
