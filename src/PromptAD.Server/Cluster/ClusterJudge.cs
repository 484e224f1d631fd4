using PromptAD.Server.Judging;

namespace PromptAD.Server.Cluster;

/// <summary>Has pictures judged by the nodes of the cluster.</summary>
internal sealed class ClusterJudge(IGrainFactory grains, TimeProvider clock) : IPictureJudge
{
    /// <inheritdoc/>
    public async Task<Judged> JudgeAsync(PictureToJudge picture)
    {
        // Another node reads it from the store. It is being written at this moment, and is there when the node looks, or soon after.
        var order = new JudgeOrder(picture.Product, picture.FileHash, picture.PictureHash, picture.Media.Text);
        return (await ClusterCalls.MakeAsync(() => grains.GetGrain<IProductGrain>(picture.Product).JudgeAsync(order), clock)).Read();
    }

    /// <inheritdoc/>
    public async Task PrepareAsync(string product, string fileHash, CancellationToken cancellation) =>
        (await ClusterCalls.MakeAsync(() => grains.GetGrain<IProductGrain>(product).PrepareAsync(fileHash), clock, cancellation)).Read();
}
