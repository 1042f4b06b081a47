using Fault = RemoteStore.Testing.Buckets.Fault;

namespace RemoteStore.Histories.Tests.Store;

/// <summary>How the bucket answers: well, now and then not, or, once the process is dead, never.</summary>
internal sealed class BucketWeather
{
    private readonly Lock _lock = new(); // guards all below
    private Random? _storm;
    private int _countdown;
    private Action? _death;
    private bool _isDead;

    /// <summary>True when the process died at an operation.</summary>
    public bool HasDied
    {
        get
        {
            lock (_lock)
            {
                return _isDead;
            }
        }
    }

    /// <summary>From here on an operation fails now and then, before or after it was done.</summary>
    public void Storm(Random random)
    {
        lock (_lock)
        {
            _storm = random;
        }
    }

    /// <summary>The process dies at the <paramref name="operation"/>th operation from now, half of the time when it is done.</summary>
    public void DieAt(int operation, Action death)
    {
        lock (_lock)
        {
            _countdown = operation;
            _death = death;
        }
    }

    /// <summary>All is well again.</summary>
    public void Calm()
    {
        lock (_lock)
        {
            _storm = null;
            _death = null;
            _isDead = false;
        }
    }

    /// <summary>What becomes of the next operation.</summary>
    public Fault Next()
    {
        lock (_lock)
        {
            if (_isDead)
            {
                return Fault.Permanent;
            }

            if (_death is not null && --_countdown <= 0)
            {
                _death();
                _death = null;
                _isDead = true;
                return Fault.Permanent;
            }

            return _storm?.Next(12) switch
            {
                0 => Fault.Before,
                1 => Fault.After,
                _ => Fault.None,
            };
        }
    }
}
