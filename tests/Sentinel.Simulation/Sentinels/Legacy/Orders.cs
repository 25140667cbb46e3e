using Sentinel.Core;

namespace Sentinel.Simulation.Sentinels.Legacy;

/// <summary>Carries out what operators order.</summary>
internal sealed class Orders(LegacySentinel sentinel, Failovers failovers)
{
    public void Obey(Input order)
    {
        switch (order)
        {
            case FailoverRequested request:
                ForceFailover(request.MasterName);
                break;
            case ResetRequested request:
                foreach (string name in request.MasterNames)
                    Reset(name);
                break;
            case SetRequested request:
                Set(request);
                break;
            case RemoveRequested request:
                Remove(request.MasterName);
                break;
            case MonitorRequested request:
                Monitor(request);
                break;
            case FlushRequested:
                sentinel.Save();
                break;
            default:
                throw new NotSupportedException($"{order} to a legacy Sentinel");
        }
    }

    private void ForceFailover(string name)
    {
        if (sentinel.Find(name) is not { Step: FailoverStep.None } master || failovers.Best(master) is null)
            return;
        sentinel.World.OrderedFailover(sentinel, name, new FailoverOptions { Mode = FailoverMode.Forced });
        failovers.Start(master);
        master.IsForced = true;
    }

    /// <summary>Not saved: what is forgotten is back after a restart.</summary>
    private void Reset(string name)
    {
        if (sentinel.Find(name) is not { } master)
            return;
        master.ForgetPeers();
        master.Reset();
        sentinel.Publish("+reset-master", EventLevel.Warning, master);
    }

    private void Set(SetRequested request)
    {
        if (sentinel.Find(request.MasterName) is not { } master)
            return;
        foreach (MasterChange change in request.Changes)
        {
            master.Options = change.Apply(master.Options);
            sentinel.Publish("+set", EventLevel.Warning, master, $" {change.Option} {change.Shown}");
        }
        sentinel.Save();
    }

    private void Remove(string name)
    {
        if (sentinel.Find(name) is not { } master)
            return;
        sentinel.Publish("-monitor", EventLevel.Warning, master);
        master.ForgetPeers();
        master.Reset();
        master.Forget();
        sentinel.Masters.Remove(master);
        sentinel.Save();
    }

    /// <summary>It begins with epoch 0, even if it was monitored before.</summary>
    private void Monitor(MonitorRequested request)
    {
        if (sentinel.Find(request.Options.Name) is not null)
            return;
        var master = new Master(sentinel, request.Options, request.Address);
        sentinel.Masters.Add(master);
        sentinel.Save();
        sentinel.PublishMonitored(master);
    }
}
