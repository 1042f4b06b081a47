using RemoteStore.Histories.Tests.Model;
using RemoteStore.Histories.Tests.Steps;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Storage.Appending;
using RemoteStore.Tsdb;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Histories.Tests.Faults;

/// <summary>A seam between store and histories. This one changes nothing; others break an invariant on purpose, to show that histories notice.</summary>
internal class Fault
{
    /// <summary>A step has been played.</summary>
    public virtual void Happened(StepKind step)
    {
        // Nothing hangs on steps here.
    }

    /// <summary>Series left memory.</summary>
    public virtual void Evicted()
    {
        // Nothing hangs on evictions here.
    }

    public virtual TsdbOptions Change(TsdbOptions options) => options;

    public virtual IAppender Change(IAppender appender) => appender;

    public virtual IQueryable Change(IQueryable store) => store;

    public virtual IBucket Change(IBucket bucket) => bucket;
}

/// <summary>Changes answers, from a moment on.</summary>
internal abstract class AnswerFault(StepKind? after = null, bool afterEviction = false) : Fault
{
    private bool _active = after is null && !afterEviction;

    public override void Happened(StepKind step) => _active |= step == after;

    public override void Evicted() => _active |= afterEviction;

    public override IQueryable Change(IQueryable store) =>
        new ChangedQueryable(store, (tenant, answers) => _active ? Change(tenant, answers) : answers);

    protected abstract List<SeriesAnswer> Change(TenantId tenant, List<SeriesAnswer> answers);
}
