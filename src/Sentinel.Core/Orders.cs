using System.Diagnostics;

namespace Sentinel.Core;

/// <summary>Carries out what operators order. What is to survive a restart is on disk before it is answered.</summary>
internal sealed class Orders(LocalSentinel local, LinkTable links, SortedDictionary<string, MasterMonitor> masters)
{
    private static Answer NoSuchMaster => new Answer.Refused("ERR No such master with that name");

    /// <summary>Carries out one.</summary>
    public void Obey(Order order)
    {
        switch (order)
        {
            case FailoverRequested request:
                Give(request.Id, masters.TryGetValue(request.MasterName, out MasterMonitor? toFail) ? toFail.Obey(request.Options) : NoSuchMaster);
                break;
            case ExplanationRequested request:
                Give(request.Id, masters.TryGetValue(request.MasterName, out MasterMonitor? toExplain) ? toExplain.Explain() : NoSuchMaster);
                break;
            case AcknowledgeRequested request:
                Acknowledge(request);
                break;
            case PauseRequested request:
                Pause(request);
                break;
            case MonitorRequested request:
                Monitor(request);
                break;
            case RemoveRequested request:
                Remove(request);
                break;
            case ResetRequested request:
                Reset(request);
                break;
            case ForgetRequested request:
                Forget(request);
                break;
            case AdoptRequested request:
                Give(request.Id, masters.TryGetValue(request.MasterName, out MasterMonitor? toAdopt) ? toAdopt.Adopt() : NoSuchMaster);
                break;
            case SetRequested request:
                Set(request);
                break;
            case OptionsChangeRequested request:
                Change(request);
                break;
            case TimingChangeRequested request:
                Change(local.Options with { Timing = request.Apply(local.Timing) });
                Give(request.Id, request.Error is { } error ? new Answer.Refused(error) : new Answer.Ok());
                break;
            case FailureSimulationRequested request:
                local.SimulatedFailures = request.Failures;
                Give(request.Id, new Answer.Ok());
                break;
            case FlushRequested request:
                GiveWhenSaved(request.Id, new Answer.Ok());
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Acknowledge(AcknowledgeRequested request)
    {
        if (!masters.TryGetValue(request.MasterName, out MasterMonitor? master))
        {
            Give(request.Id, NoSuchMaster);
            return;
        }
        master.Election.Acknowledge();
        Give(request.Id, new Answer.Ok());
    }

    private void Pause(PauseRequested request)
    {
        if (!masters.TryGetValue(request.MasterName, out MasterMonitor? master))
        {
            Give(request.Id, NoSuchMaster);
            return;
        }
        master.Pause(request.Reason);
        GiveWhenSaved(request.Id, new Answer.Ok());
    }

    private void Monitor(MonitorRequested request)
    {
        if (masters.ContainsKey(request.Options.Name))
        {
            Give(request.Id, new Answer.Refused("ERR Duplicate master name."));
            return;
        }
        // It may have been monitored before, and a vote given then is binding still.
        var state = new MasterState { Options = request.Options, Address = request.Address, LeaderEpoch = local.CurrentEpoch };
        var master = new MasterMonitor(state, local, links);
        masters.Add(master.Name, master);
        GiveWhenSaved(request.Id, new Answer.Ok());
        master.Announce();
    }

    private void Remove(RemoveRequested request)
    {
        if (!masters.Remove(request.MasterName, out MasterMonitor? master))
        {
            Give(request.Id, NoSuchMaster);
            return;
        }
        master.Remove();
        GiveWhenSaved(request.Id, new Answer.Ok());
    }

    /// <remarks>A new master is told of by its reset, too, when our disk has it, and not before; a disk that refuses is not waited for.</remarks>
    private void Reset(ResetRequested request)
    {
        SaveNumber[] unsaved = [.. request.MasterNames.Select(name => masters.GetValueOrDefault(name)?.UnsavedSwitch).OfType<SaveNumber>()];
        if (unsaved.Length > 0)
            local.WhenSaved(unsaved.Max(), saved: () => Reset(request), failed: _ => ResetNow(request));
        else
            ResetNow(request);
    }

    private void ResetNow(ResetRequested request)
    {
        int count = 0;
        foreach (string name in request.MasterNames)
        {
            if (!masters.TryGetValue(name, out MasterMonitor? master))
                continue;
            master.Reset();
            count++;
        }
        // Redis does not save here, so that what was forgotten is back after a restart.
        if (count > 0)
            GiveWhenSaved(request.Id, new Answer.Count(count));
        else
            Give(request.Id, new Answer.Count(0));
    }

    private void Forget(ForgetRequested request)
    {
        if (!masters.TryGetValue(request.MasterName, out MasterMonitor? master))
            Give(request.Id, NoSuchMaster);
        else if (master.Forget(request.Identity, request.Address) is { } refused)
            Give(request.Id, refused);
        else
            GiveWhenSaved(request.Id, new Answer.Ok());
    }

    private void Set(SetRequested request)
    {
        if (!masters.TryGetValue(request.MasterName, out MasterMonitor? master))
        {
            Give(request.Id, NoSuchMaster);
            return;
        }
        master.Change(request.Changes);
        GiveWhenSaved(request.Id, new Answer.Ok());
    }

    private void Change(OptionsChangeRequested request)
    {
        SentinelOptions changed = request.Apply(local.Options);
        if (local.Options.ResolveHostnames && !changed.ResolveHostnames
            && masters.Values.Select(master => master.WithoutKnownIp()).FirstOrDefault(address => address is not null) is { } nameless)
        {
            // It would go into the file by name, and no Sentinel that does not resolve names starts on that.
            local.Log(EventLevel.Warning, $"'resolve-hostnames' stays yes: it is not known where '{nameless.Host}' leads, which is configured or was discovered");
            Give(request.Id, OptionsChangeRequested.NamesAreNeeded);
            return;
        }
        Change(changed);
        GiveWhenSaved(request.Id, new Answer.Ok());
    }

    /// <summary>Takes other options into use. Whoever waits for a deadline looks again when it comes now.</summary>
    private void Change(SentinelOptions options)
    {
        SentinelOptions before = local.Options;
        local.Options = options;
        if (options.PeerCredentials != before.PeerCredentials)
        {
            foreach (InstanceLink link in links.Peers)
            {
                link.Credentials = options.PeerCredentials;
                link.Reconnect();
            }
        }
        if ((options.ResolveHostnames, options.AnnounceHostnames) != (before.ResolveHostnames, before.AnnounceHostnames))
        {
            // What is shown of all instances changes, and links that only a name is known of may be made now.
            foreach (InstanceLink link in links.All)
                local.Touch(link);
            foreach (MasterMonitor master in masters.Values)
                local.Touch(master);
        }
        if (options.Timing == before.Timing)
            return;
        foreach (InstanceLink link in links.All)
            local.Touch(link);
        foreach (MasterMonitor master in masters.Values)
            master.TimingChanged(before.Timing);
    }

    private void Give(RequestId id, Answer answer) => local.Do(new GiveAnswer(id, answer));

    private void GiveWhenSaved(RequestId id, Answer answer) =>
        local.WhenSaved(
            local.Save(),
            saved: () => Give(id, answer),
            failed: _ => Give(id, new Answer.Refused("ERR Failed to save config file. Check server logs.")));
}
