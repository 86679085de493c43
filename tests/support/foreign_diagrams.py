# ruff: noqa: E501 - lines are as long as tools write them
"""Small processes as other tools write them: their namespaces, extensions, ids, encodings and habits.

Each is written by us in the tool's dialect: request, decide, done. The diagrams of the tools themselves stay with
their authors; ``FOREIGN_DIAGRAMS`` names a folder of them (the BPMN MIWG test suite, say) to be tried as well.
"""

from __future__ import annotations

from collections.abc import Mapping

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = (
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
)
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def definitions(
    body: str, *, prefix: str = "", namespaces: str = "", attributes: str = "", encoding: str = "UTF-8"
) -> str:
    """The root element around ``body``, with the model's namespace under ``prefix``."""
    name = f"{prefix}:definitions" if prefix else "definitions"
    own = f'xmlns:{prefix}="{MODEL}"' if prefix else f'xmlns="{MODEL}"'
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<{name} {own} {DI} {XSI} {namespaces} id="definitions_1" '
        f'targetNamespace="http://example.com/bpmn" {attributes}>{body}</{name}>'
    )


def plain(
    prefix: str = "",
    *,
    key: str = "request",
    ids: tuple[str, str, str] = ("asked", "decide", "done"),
    task: str = "userTask",
    task_attributes: str = "",
    task_body: str = "",
    process_attributes: str = 'isExecutable="true"',
    process_body: str = "",
) -> str:
    """Request, decide, done: one start, one task, one end."""
    p = f"{prefix}:" if prefix else ""
    start, middle, end = ids
    return f"""
<{p}process id="{key}" name="申请" {process_attributes}>{process_body}
  <{p}startEvent id="{start}" name="提出"><{p}outgoing>f1_{start}</{p}outgoing></{p}startEvent>
  <{p}{task} id="{middle}" name="决定" {task_attributes}>{task_body}<{p}incoming>f1_{start}</{p}incoming><{p}outgoing>f2_{start}</{p}outgoing></{p}{task}>
  <{p}endEvent id="{end}" name="完成"><{p}incoming>f2_{start}</{p}incoming></{p}endEvent>
  <{p}sequenceFlow id="f1_{start}" sourceRef="{start}" targetRef="{middle}"/>
  <{p}sequenceFlow id="f2_{start}" sourceRef="{middle}" targetRef="{end}"/>
</{p}process>"""


def shapes(key: str = "request", ids: tuple[str, str, str] = ("asked", "decide", "done"), extra: str = "") -> str:
    """The drawing of ``plain``, with what a tool adds to each shape."""
    boxes = "".join(
        f'<bpmndi:BPMNShape id="{one}_gui" bpmnElement="{one}" {extra}><dc:Bounds x="{100 + 120 * number}.0" y="100.0" '
        'width="90.0" height="60.0"/><bpmndi:BPMNLabel labelStyle="LS1"/></bpmndi:BPMNShape>'
        for number, one in enumerate(ids)
    )
    edges = "".join(
        f'<bpmndi:BPMNEdge id="{one}_gui" bpmnElement="{one}"><di:waypoint x="130" y="115"/><di:waypoint x="200" y="115"/>'
        "</bpmndi:BPMNEdge>"
        for one in (f"f1_{ids[0]}", f"f2_{ids[0]}")
    )
    return (
        f'<bpmndi:BPMNDiagram id="d1"><bpmndi:BPMNPlane id="p1" bpmnElement="{key}">{boxes}{edges}</bpmndi:BPMNPlane>'
        '<bpmndi:BPMNLabelStyle id="LS1"><dc:Font name="Arial" size="11.0" isBold="false"/></bpmndi:BPMNLabelStyle>'
        "</bpmndi:BPMNDiagram>"
    )


_SIGNAVIO = 'xmlns:signavio="http://www.signavio.com" exporter="Signavio Process Editor, http://www.signavio.com"'
_SID = ("sid-01AB2C3D-4E5F-6789-ABCD-EF0123456789", "sid-11AB2C3D-4E5F-6789-ABCD-EF0123456789", "sid-2")
_SIGNAVIO_DATA = (
    '<extensionElements><signavio:signavioMetaData metaKey="bgcolor" metaValue="#ffffcc"/></extensionElements>'
)
_BIZAGI = (
    '<extensionElements><bizagi:BizagiExtensions xmlns:bizagi="http://www.bizagi.com/bpmn20"><bizagi:BizagiProperties>'
    '<bizagi:BizagiProperty name="bgColor" value="White"/></bizagi:BizagiProperties></bizagi:BizagiExtensions>'
    "</extensionElements>"
)
_ZEEBE = (
    "<bpmn:extensionElements><zeebe:userTask/><zeebe:formDefinition formId='request'/>"
    "<zeebe:assignmentDefinition assignee='=initiator' candidateGroups='service_desk'/></bpmn:extensionElements>"
)
_FLOWABLE = (
    "<extensionElements><flowable:formProperty id='reason' name='Reason' type='string'/>"
    "<modeler:initiator-can-complete xmlns:modeler='http://flowable.org/modeler'><![CDATA[false]]>"
    "</modeler:initiator-can-complete></extensionElements>"
)
_ACTIVITI = (
    "<documentation><![CDATA[Decide & tell]]></documentation><extensionElements>"
    "<activiti:taskListener event='create' class='org.example.Listener'/></extensionElements>"
)
_JBPM = (
    '<bpmn2:extensionElements><drools:metaData name="elementname"><drools:metaValue><![CDATA[决定]]></drools:metaValue>'
    "</drools:metaData></bpmn2:extensionElements>"
)
_JBPM_IO = (
    '<bpmn2:ioSpecification><bpmn2:dataInput id="in1" drools:dtype="String" itemSubjectRef="_i1" name="TaskName"/>'
    "<bpmn2:inputSet><bpmn2:dataInputRefs>in1</bpmn2:dataInputRefs></bpmn2:inputSet></bpmn2:ioSpecification>"
    "<bpmn2:potentialOwner id='po1'><bpmn2:resourceAssignmentExpression><bpmn2:formalExpression>mary"
    "</bpmn2:formalExpression></bpmn2:resourceAssignmentExpression></bpmn2:potentialOwner>"
)
_SPIFF = (
    "<bpmn:extensionElements><spiffworkflow:preScript>x = 1</spiffworkflow:preScript><spiffworkflow:properties>"
    "<spiffworkflow:property name='formJsonSchemaFilename' value='request.json'/></spiffworkflow:properties>"
    "</bpmn:extensionElements>"
)
_IMIXS = (
    "<bpmn2:extensionElements><imixs:item name='txttype' type='xs:string'><imixs:value><![CDATA[manual]]></imixs:value>"
    "</imixs:item></bpmn2:extensionElements>"
)
_TWO_POOLS = """
<semantic:collaboration id="c1" isClosed="false"><semantic:participant id="pool1" name="我方" processRef="request"/>
<semantic:participant id="pool2" name="客户"/>
<semantic:messageFlow id="m1" sourceRef="pool2" targetRef="asked"/></semantic:collaboration>"""
_LANES = """<laneSet id="ls"><lane id="lane1" name="服务台" partitionElementRef="x"><flowNodeRef>asked</flowNodeRef>
<flowNodeRef>decide</flowNodeRef><flowNodeRef>done</flowNodeRef></lane></laneSet>"""
_EVERYTHING = """
<process id="request" name="全部" isExecutable="true">
  <ioSpecification><inputSet/><outputSet/></ioSpecification><property id="prop1" name="p"/>
  <dataObject id="do1"/><dataObjectReference id="dor1" dataObjectRef="do1" name="表单"/>
  <dataStoreReference id="dsr1" name="台账" dataStoreRef="ds1"/>
  <startEvent id="asked" name="开始"><messageEventDefinition id="md1" messageRef="msg"/></startEvent>
  <sequenceFlow id="s1" sourceRef="asked" targetRef="choose"/>
  <complexGateway id="choose" name="复杂"/><sequenceFlow id="s2" sourceRef="choose" targetRef="wait"/>
  <eventBasedGateway id="wait" name="等待"/><sequenceFlow id="s3" sourceRef="wait" targetRef="caught"/>
  <intermediateCatchEvent id="caught" name="信号"><signalEventDefinition id="sd1" signalRef="sig"/></intermediateCatchEvent>
  <sequenceFlow id="s4" sourceRef="caught" targetRef="adhoc"/>
  <adHocSubProcess id="adhoc" name="随意"><task id="t1" name="任务"/></adHocSubProcess>
  <sequenceFlow id="s5" sourceRef="adhoc" targetRef="deal"/>
  <transaction id="deal" name="事务"><startEvent id="ts" name="开始"/><endEvent id="te" name="取消"><cancelEventDefinition/>
  </endEvent><sequenceFlow id="ts1" sourceRef="ts" targetRef="te"/></transaction>
  <boundaryEvent id="undone" name="取消" attachedToRef="deal"><cancelEventDefinition id="ced"/></boundaryEvent>
  <boundaryEvent id="undo" name="补偿" attachedToRef="t2"><compensateEventDefinition id="cd"/></boundaryEvent>
  <association id="as1" sourceRef="undo" targetRef="back" associationDirection="One"/>
  <task id="back" name="撤销" isForCompensation="true"/>
  <sequenceFlow id="s6" sourceRef="deal" targetRef="t2"/><sendTask id="t2" name="发送" messageRef="msg"/>
  <sequenceFlow id="s7" sourceRef="t2" targetRef="t3"/><receiveTask id="t3" name="接收" instantiate="false"/>
  <sequenceFlow id="s8" sourceRef="t3" targetRef="t4"/>
  <callActivity id="t4" name="调用" calledElement="elsewhere"><standardLoopCharacteristics id="sl"/></callActivity>
  <sequenceFlow id="s9" sourceRef="t4" targetRef="jump"/>
  <intermediateThrowEvent id="jump" name="链接"><linkEventDefinition id="led" name="A"/></intermediateThrowEvent>
  <intermediateCatchEvent id="land" name="链接"><linkEventDefinition id="led2" name="A"/></intermediateCatchEvent>
  <sequenceFlow id="s10" sourceRef="land" targetRef="done"/>
  <endEvent id="done" name="结束"><terminateEventDefinition id="ted"/></endEvent>
  <subProcess id="side" name="旁支" triggeredByEvent="true"><startEvent id="ss" name="升级"><escalationEventDefinition/>
  </startEvent><endEvent id="se" name="错误"><errorEventDefinition/></endEvent>
  <sequenceFlow id="ss1" sourceRef="ss" targetRef="se"/></subProcess>
  <group id="g1" categoryValueRef="cv"/><textAnnotation id="ta1"><text>说明</text></textAnnotation>
</process>
<message id="msg" name="m"/><signal id="sig" name="s"/><dataStore id="ds1" name="d"/><category id="cat"><categoryValue
 id="cv" value="v"/></category><globalUserTask id="gut" name="全局"/>"""
_CHOREOGRAPHY = """
<choreography id="ch" name="编排"><participant id="pa" name="甲"/><participant id="pb" name="乙"/>
<startEvent id="cs"/><choreographyTask id="ct" name="交换" initiatingParticipantRef="pa"><participantRef>pa</participantRef>
<participantRef>pb</participantRef></choreographyTask><sequenceFlow id="cf" sourceRef="cs" targetRef="ct"/></choreography>"""
_CONVERSATION = """
<collaboration id="co" isClosed="false"><participant id="pa" name="甲"/><participant id="pb" name="乙"/>
<conversation id="cv1" name="会话"><participantRef>pa</participantRef></conversation>
<conversationLink id="cl" sourceRef="pa" targetRef="cv1"/></collaboration>"""


def _encoded(text: str, codec: str) -> bytes:
    return text.encode(codec)


FOREIGN: Mapping[str, bytes] = {
    "Signavio": _encoded(
        definitions(
            plain(key="sid-0", ids=_SID, task_body=_SIGNAVIO_DATA, process_attributes='isExecutable="false"')
            + shapes("sid-0", _SID, 'isHorizontal="true"'),
            namespaces=_SIGNAVIO,
        ),
        "utf-8",
    ),
    "Bizagi Modeler": _encoded(
        definitions(
            '<process id="Id_main" name="Proceso principal" isExecutable="false"/>'
            + plain(ids=("Id_a1", "Id_b2", "Id_c3"), task="task", task_body=_BIZAGI)
            + '<collaboration id="Id_co"><participant id="Id_p0" name="Proceso principal" processRef="Id_main"/>'
            '<participant id="Id_p1" name="申请" processRef="request"/></collaboration>'
        ),
        "utf-8",
    ),
    "Camunda 8 Modeler": _encoded(
        definitions(
            plain("bpmn", task_body=_ZEEBE),
            prefix="bpmn",
            namespaces='xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
            'xmlns:modeler="http://camunda.org/schema/modeler/1.0"',
            attributes='modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.6.0"',
        ),
        "utf-8",
    ),
    "Camunda 7 Modeler": _encoded(
        definitions(
            plain("bpmn", task_attributes='camunda:candidateGroups="service_desk"') + shapes(),
            prefix="bpmn",
            namespaces='xmlns:camunda="http://camunda.org/schema/1.0/bpmn"',
        ),
        "utf-8",
    ),
    "Flowable": _encoded(
        definitions(
            plain(
                task_attributes='flowable:candidateGroups="service_desk" flowable:formFieldValidation="true"',
                task_body=_FLOWABLE,
            )
            + shapes(),
            namespaces='xmlns:flowable="http://flowable.org/bpmn"',
            attributes='typeLanguage="http://www.w3.org/2001/XMLSchema" '
            'expressionLanguage="http://www.w3.org/1999/XPath"',
        ),
        "utf-8",
    ),
    "Activiti": _encoded(
        definitions(
            plain(task_attributes='activiti:assignee="kermit"', task_body=_ACTIVITI),
            namespaces='xmlns:activiti="http://activiti.org/bpmn"',
        ),
        "utf-8",
    ),
    "Alfresco": _encoded(
        definitions(
            plain(task_attributes='activiti:formKey="wf:activitiReviewTask"', process_attributes=""),
            namespaces='xmlns:activiti="http://activiti.org/bpmn"',
        ),
        "utf-8",
    ),
    "jBPM": _encoded(
        definitions(
            '<bpmn2:itemDefinition id="_i1" structureRef="String"/>'
            + plain(
                "bpmn2",
                key="com.sample.request",
                task_body=_JBPM + _JBPM_IO,
                process_attributes='drools:packageName="com.sample" drools:adHoc="false" isExecutable="true"',
            )
            + '<bpmn2:relationship id="r1" type="BPSimData"><bpmn2:extensionElements><bpsim:BPSimData '
            'xmlns:bpsim="http://www.bpsim.org/schemas/1.0"/></bpmn2:extensionElements><bpmn2:source>definitions_1'
            "</bpmn2:source><bpmn2:target>definitions_1</bpmn2:target></bpmn2:relationship>",
            prefix="bpmn2",
            namespaces='xmlns:drools="http://www.jboss.org/drools"',
        ),
        "utf-8",
    ),
    "spiff-arena": _encoded(
        definitions(
            plain("bpmn", task="scriptTask", task_body=_SPIFF + "<bpmn:script>x = 1</bpmn:script>"),
            prefix="bpmn",
            namespaces='xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"',
        ),
        "utf-8",
    ),
    "Trisotech": _encoded(
        definitions(
            _TWO_POOLS + plain("semantic"),
            prefix="semantic",
            namespaces='xmlns:triso="http://www.trisotech.com/2015/triso/modeling" '
            'xmlns:trisobpmn="http://www.trisotech.com/2014/triso/bpmn"',
            attributes='exporter="BPMN Modeler" exporterVersion="6.2" triso:logoChoice="Default"',
        ),
        "utf-8",
    ),
    "Bonita": _encoded(
        definitions(
            plain("model", process_attributes="")
            + '<model:resource id="actor1" name="Employee actor"/><model:itemDefinition id="i" structureRef="xsd:string"/>',
            prefix="model",
            attributes='exporter="BonitaSoft" expressionLanguage="http://groovy.codehaus.org/"',
        ),
        "utf-8",
    ),
    "Oracle BPM": _encoded(
        definitions(
            plain("ns2", task_attributes='ora:implementation="urn:x"'),
            prefix="ns2",
            namespaces='xmlns:ora="http://xmlns.oracle.com/bpm/OracleExtensions"',
        ),
        "utf-8",
    ),
    "IBM BPM": _encoded(
        definitions(
            plain("ibm16", ids=("_1.a", "_2.b", "_3.c"), task_attributes='implementation="##unspecified"'),
            prefix="ibm16",
            namespaces='xmlns:wle="http://www.ibm.com/xmlns/prod/wle/8.0"',
        ),
        "utf-8",
    ),
    "ARIS": _encoded(
        definitions(
            plain(
                ids=("ID_1a-2b", "ID_3c-4d", "ID_5e-6f"),
                task="manualTask",
                process_body=_LANES.replace("asked", "ID_1a-2b")
                .replace("decide", "ID_3c-4d")
                .replace("done", "ID_5e-6f"),
            ),
            attributes='exporter="ARIS" exporterVersion="10"',
        ),
        "utf-8",
    ),
    "Enterprise Architect, UTF-16": _encoded(
        definitions(
            plain("bpmn", ids=("EAID_01", "EAID_02", "EAID_03"), process_attributes='processType="None"'),
            prefix="bpmn",
            encoding="UTF-16",
            attributes='exporter="Enterprise Architect" exporterVersion="15.2"',
        ),
        "utf-16",
    ),
    "Visio, with a byte order mark": _encoded(definitions(plain()), "utf-8-sig"),
    "Visual Paradigm, GB18030": _encoded(definitions(plain(), encoding="GB18030"), "gb18030"),
    "Yaoqiang": _encoded(
        definitions(
            plain(
                process_body='<extensionElements><yaoqiang:pageFormat height="841.8" width="595.2"/></extensionElements>'
            ),
            namespaces='xmlns:yaoqiang="http://bpmn.sourceforge.net"',
        ),
        "utf-8",
    ),
    "Eclipse BPMN2 Modeler": _encoded(
        definitions(plain("bpmn2", key="process_1", ids=("StartEvent_1", "UserTask_1", "EndEvent_1")), prefix="bpmn2"),
        "utf-8",
    ),
    "Imixs": _encoded(
        definitions(
            plain("bpmn2", task="task", task_attributes='imixs:processid="1000"', task_body=_IMIXS),
            prefix="bpmn2",
            namespaces='xmlns:imixs="http://www.imixs.org/bpmn2"',
        ),
        "utf-8",
    ),
    "ProcessMaker": _encoded(
        definitions(
            plain("bpmn", ids=("node_1", "node_2", "node_3"), task="task", task_attributes='pm:screenRef="2"'),
            prefix="bpmn",
            namespaces='xmlns:pm="http://processmaker.com/BPMN/2.0/Schema.xsd"',
        ),
        "utf-8",
    ),
    "ids of SpiffWorkflow": _encoded(definitions(plain(ids=("Start", "decide", "End"))), "utf-8"),
    "every element of the standard": _encoded(definitions(_EVERYTHING), "utf-8"),
    "a choreography": _encoded(definitions(_CHOREOGRAPHY), "utf-8"),
    "a conversation": _encoded(definitions(_CONVERSATION), "utf-8"),
    "an empty drawing": _encoded(definitions(""), "utf-8"),
    "a loop in the pool of somebody else": _encoded(
        definitions(
            plain("bpmn", task="task")
            + plain(
                "bpmn",
                key="customer",
                ids=("ca", "cb", "cc"),
                task_body="<bpmn:standardLoopCharacteristics/>",
                process_attributes='isExecutable="false"',
                process_body='<bpmn:subProcess id="cs" triggeredByEvent="true"/>',
            ),
            prefix="bpmn",
        ),
        "utf-8",
    ),
    "two processes in one file": _encoded(definitions(plain() + plain(key="other", ids=("oa", "ob", "oc"))), "utf-8"),
}
