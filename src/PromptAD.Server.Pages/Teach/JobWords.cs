using PromptAD.Client;

namespace PromptAD.Server.Pages.Teach;

/// <summary>The keys of what jobs are and do.</summary>
public static class JobWords
{
    /// <summary>What a job is for.</summary>
    public static string Of(JobKind kind) => kind switch
    {
        JobKind.Train => "TeachJobTrain",
        JobKind.Calibrate => "TeachJobCalibrate",
        _ => "TeachJobFeedback",
    };

    /// <summary>How far a job is.</summary>
    public static string Of(JobState state) => state switch
    {
        JobState.Pending => "TeachJobPending",
        JobState.Running => "TeachJobRunning",
        JobState.Completed => "TeachJobCompleted",
        JobState.Failed => "TeachJobFailed",
        JobState.Canceled => "TeachJobCanceled",
        _ => "TeachJobInterrupted",
    };

    /// <summary>What a worker is doing, by the word that it says; null for one that is not known here.</summary>
    public static string? OfStep(string? step) => step switch
    {
        "encoding pictures" => "TeachDoingEncode",
        "building the memory" => "TeachDoingMemory",
        "judging pictures" => "TeachDoingJudge",
        "keeping defects" => "TeachDoingDefects",
        "learning" => "TeachDoingLearn",
        "learning words" => "TeachDoingWords",
        _ => null,
    };

    /// <summary>Where a version comes from.</summary>
    public static string Of(VersionOrigin origin) => origin switch
    {
        VersionOrigin.Trained => "TeachFromTraining",
        VersionOrigin.Calibrated => "TeachFromCalibration",
        VersionOrigin.Feedback => "TeachFromFeedback",
        VersionOrigin.Limits => "TeachFromLimits",
        _ => "TeachFromRecipe",
    };

    /// <summary>Whether a job waits or runs.</summary>
    public static bool IsUnderWay(JobInfo job) => job.State is JobState.Pending or JobState.Running;

    /// <summary>Whether one of them does.</summary>
    public static bool AnyUnderWay(IEnumerable<JobInfo> jobs) => jobs.Any(IsUnderWay);
}
